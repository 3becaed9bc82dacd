//! The URL with which a program logs in, for a login by takk itself.

use std::fmt::Write as _;

use takk_model::percent::encoded;
use zeroize::Zeroizing;

use crate::ledger::Entry;

/// How a kind of server writes its URLs.
pub(super) struct UrlForm {
    pub scheme: &'static str,
    /// The parameter with the TLS mode, and its value if the admin address has none.
    pub mode: (&'static str, &'static str),
    /// The parameter with the file of certificate authorities.
    pub roots: &'static str,
}

/// The URL with two credentials of an entry, by their names, and the TLS settings of its variables.
pub(super) fn login_url(entry: &Entry, form: &UrlForm, username: &str, password: &str) -> Zeroizing<String> {
    let part = |name: &str| entry.placeholder(name, true).unwrap_or_default();
    let (mode, usual) = form.mode;
    let mut url = format!(
        "{}://{}:{}@{}:{}/{}?{mode}={}",
        form.scheme,
        part(username),
        part(password),
        part("host"),
        part("port"),
        part("database"),
        entry.ssl_mode.as_deref().unwrap_or(usual)
    );
    if let Some(roots) = &entry.ssl_roots {
        let _ = write!(url, "&{}={}", form.roots, encoded(roots));
    }
    Zeroizing::new(url)
}
