//! Requests to an issuer: over HTTPS, without redirects, with limits on time and size.

use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::http::{Request, Response};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body};
use url::{Host, Url};

use super::error::{OidcError, Result};

/// The timeout of a request to an issuer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The maximum size of a response.
const MOST_BYTES: u64 = 512 * 1024;

/// Whether a URL of an issuer is acceptable: HTTPS, or on this machine.
pub fn is_askable(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_plain && (url.scheme() == "https" || (url.scheme() == "http" && is_here))
}

pub(super) struct Fetcher(Agent);

impl Fetcher {
    pub(crate) fn new(tls: TlsConfig) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("takk/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .timeout_global(Some(PATIENCE));
        Self(config.build().new_agent())
    }

    /// Reads a document, optionally with a bearer token.
    pub(crate) fn get<T: DeserializeOwned>(&self, address: &str, token: Option<&str>) -> Result<T> {
        let mut request = Request::get(askable(address)?).header("Accept", "application/json");
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let request = request.body(()).map_err(|error| OidcError::unreachable(address, error))?;
        let (status, body) = self.answered(address, self.0.run(request))?;
        match status {
            200 => read(address, &body),
            _ => Err(OidcError::unreachable(address, format!("it responded with {status}"))),
        }
    }

    /// Sends a form. An error response has the reason in `error` (RFC 6749, 5.2).
    pub(crate) fn post<T: DeserializeOwned>(&self, address: &str, authorization: Option<&str>, form: &str) -> Result<T> {
        let mut request = Request::post(askable(address)?).header("Accept", "application/json");
        request = request.header("Content-Type", "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        let request = request.body(form).map_err(|error| OidcError::unreachable(address, error))?;
        let (status, body) = self.answered(address, self.0.run(request))?;
        match status {
            200 => read(address, &body),
            400..=499 => Err(OidcError::refused(format!("{address} responded with {status}{}", code(&body)))),
            _ => Err(OidcError::unreachable(address, format!("it responded with {status}"))),
        }
    }

    fn answered(&self, address: &str, answer: std::result::Result<Response<Body>, ureq::Error>) -> Result<(u16, Vec<u8>)> {
        let failed = |error: ureq::Error| OidcError::unreachable(address, error);
        let (parts, body) = answer.map_err(failed)?.into_parts();
        let body = body.into_with_config().limit(MOST_BYTES).read_to_vec().map_err(failed)?;
        Ok((parts.status.as_u16(), body))
    }
}

fn askable(address: &str) -> Result<&str> {
    if is_askable(address) { Ok(address) } else { Err(OidcError::unreachable(address, "it is not an HTTPS URL")) }
}

fn read<T: DeserializeOwned>(address: &str, body: &[u8]) -> Result<T> {
    // The error's message may contain a token.
    serde_json::from_slice(body).map_err(|_| OidcError::unreachable(address, "its response is not valid OpenID Connect"))
}

/// The code of an error, if it is a single word.
fn code(body: &[u8]) -> String {
    let error = serde_json::from_slice::<serde_json::Value>(body).ok();
    let word = error.as_ref().and_then(|error| error["error"].as_str()).unwrap_or_default();
    let is_word = !word.is_empty() && word.len() < 64 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_word { format!(": {word}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for good in ["https://id.example", "https://id.example/realms/team", "http://127.0.0.1:9000", "http://localhost/x"] {
            assert!(is_askable(good), "{good}");
        }
        for bad in [
            "http://id.example",
            "http://169.254.169.254/latest",
            "http://localhost.example",
            "ftp://id.example",
            "file:///etc/passwd",
            "https://ada:pw@id.example",
            "id.example",
            "",
        ] {
            assert!(!is_askable(bad), "{bad}");
        }
    }

    #[test]
    fn an_error_is_said_by_its_word_only() {
        assert_eq!(code(b"{\"error\": \"invalid_grant\"}"), ": invalid_grant");
        assert_eq!(code(b"{\"error\": \"<b>\"}"), "");
        assert_eq!(code(b"nothing"), "");
    }
}
