//! Why a page is not shown. [`answer`](super::answer) makes the response.

use takk_server::hosted::Refusal;
use takk_server::problem::Refused;

/// Why a page is not shown.
pub(crate) enum Stopped {
    /// The user has to sign in first, and then returns to this path.
    SignIn(String),
    Refused(Refusal),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Refused> for Stopped {
    fn from(Refused(refusal): Refused) -> Self {
        Self::Refused(refusal)
    }
}
