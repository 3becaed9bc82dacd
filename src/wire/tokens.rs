//! `/api/v1/tokens` and `/api/v1/login/device`: how one gets a token.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Plain, Role, TokenInfo, TokenKind, UserInfo};

/// `POST /api/v1/tokens`: a token for whoever asks, which may do at most what the one that it is made with may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 200, pattern = "^[A-Za-z0-9][A-Za-z0-9 ._@/-]*$")]
    pub label: String,
    /// Whose it is.
    pub kind: TokenKind,
    /// What it may do at most.
    pub role: Role,
    /// The projects that it is for; empty for all of its owner's.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub projects: Vec<String>,
    /// The environments that it is for; empty for all.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub environments: Vec<String>,
    /// When its time is over, in milliseconds since 1970; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// The answer to [`NewToken`]: the only time that the token's text is shown.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct MadeToken {
    /// The text, for `Authorization: Bearer ...`.
    pub token: Plain,
    /// What is known of it from now on.
    pub info: TokenInfo,
}

/// `POST /api/v1/login/device`: a program asks to be signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLogin {
    /// What the token will be called: the name of the machine.
    #[schema(min_length = 1, max_length = 200, pattern = "^[A-Za-z0-9][A-Za-z0-9 ._@/-]*$")]
    pub name: String,
}

/// The answer to [`NewLogin`].
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct StartedLogin {
    /// What a person compares, and types where the address cannot be opened.
    pub code: String,
    /// The address at which a person says yes.
    pub verify_url: String,
    /// What the program asks with until then.
    pub poll_secret: Plain,
    /// When it is too late, in milliseconds since 1970.
    pub expires_at: i64,
    /// How many seconds to wait before asking again.
    pub interval: u64,
}

/// `POST /api/v1/login/device/poll`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// That of [`StartedLogin`].
    pub poll_secret: Plain,
}

/// The answer to [`Poll`] once a person said yes.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// The text of the new token.
    pub token: Plain,
    /// Who the program acts for.
    pub user: UserInfo,
}

/// The answer to [`Poll`] until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pending {
    /// How many seconds to wait before asking again.
    pub interval: u64,
}

/// `POST /api/v1/login/device/approve`: the caller says yes to the program that shows this code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The code that the program shows.
    pub code: String,
}
