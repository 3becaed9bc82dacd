//! What the admin addresses of kinds have in common that log in with SCRAM: host, user and password in a URL.

use takk_model::error::{Error, Result};
use takk_model::percent::decoded;
use url::{Host, Url};
use zeroize::Zeroizing;

/// The parts of such a URL.
pub(super) struct ScramUrl {
    pub host: String,
    pub user: String,
    pub password: Zeroizing<String>,
    /// The URL without its password and its parameters.
    pub shown: String,
}

impl ScramUrl {
    /// Reads the parts. `wrong` makes an error of what is wrong with the URL, which has no part of it.
    pub(super) fn of(url: &Url, wrong: fn(&str) -> Error) -> Result<Self> {
        let text = |part: &str| String::from_utf8(decoded(part)).map_err(|_| wrong("a part of it is not UTF-8"));
        let host = match url.host_str().map(Host::parse) {
            Some(Ok(Host::Domain(name))) if !name.is_empty() => name,
            Some(Ok(Host::Ipv4(address))) => address.to_string(),
            Some(Ok(Host::Ipv6(address))) => address.to_string(),
            _ => return Err(wrong("it names no host")),
        };
        let user = text(url.username())?;
        let password = Zeroizing::new(text(url.password().unwrap_or_default())?);
        if user.is_empty() || password.is_empty() {
            return Err(wrong("it needs a user and a password"));
        }
        // SASLprep changes no other password.
        if !password.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
            return Err(wrong("takk logs in with passwords of ASCII characters alone"));
        }
        let mut shown = url.clone();
        shown.set_query(None);
        // This only fails for a URL without a host.
        let _ = shown.set_password(None);
        let shown = shown.as_str().trim_end_matches('/').to_owned();
        Ok(Self { host, user, password, shown })
    }
}
