//! The metadata of an issuer (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use super::error::{OidcError, Result};
use super::fetch::Fetcher;

/// The endpoints of an issuer.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    pub issuer: String,
    /// Where people sign in; missing for an issuer of CI job tokens.
    #[serde(default)]
    pub authorization_endpoint: Option<String>,
    /// Where a code is exchanged for a token.
    #[serde(default)]
    pub token_endpoint: Option<String>,
    /// Where more claims are available.
    #[serde(default)]
    pub userinfo_endpoint: Option<String>,
    pub jwks_uri: String,
    /// The supported methods of client authentication.
    #[serde(default = "basic")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
}

impl Metadata {
    /// Whether every endpoint uses HTTPS: an issuer that is reached over HTTPS must not lead to one without.
    fn is_all_https(&self) -> bool {
        let others = [&self.authorization_endpoint, &self.token_endpoint, &self.userinfo_endpoint];
        others.into_iter().flatten().chain([&self.jwks_uri]).all(|address| address.starts_with("https:"))
    }
}

/// The default if it is not specified.
fn basic() -> Vec<String> {
    vec!["client_secret_basic".to_owned()]
}

/// Requests the metadata of an issuer.
pub(super) fn metadata(fetcher: &Fetcher, issuer: &str) -> Result<Metadata> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let found: Metadata = fetcher.get(&address, None)?;
    if found.issuer != issuer {
        return Err(OidcError::unreachable(&address, "it uses a different issuer name: use exactly that name"));
    }
    if issuer.starts_with("https:") && !found.is_all_https() {
        return Err(OidcError::unreachable(&address, "it lists a URL without HTTPS"));
    }
    Ok(found)
}
