//! The address of a server: `https://takk.example.org`, with a path if it is not at the root.

use std::fmt;

use url::Url;

use takk_model::error::{Error, Result};
use takk_model::{is_this_machine, percent};

/// The URL of a server, normalized. Tokens are stored under it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

impl Address {
    /// Parses a URL. Rejects one without TLS, unless it is on this machine or `allow_http` is set.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self> {
        let wrong = |why: &str| Error::usage(format!("`{}` is not a server URL: {why}", without_password(text)));
        let url = match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => return Err(wrong("it does not begin with https://").hint(format!("write https://{}", host_of(text)))),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it has a name or a password").hint("leave it out: `takk login` asks the server for a token"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it has a `?` or a `#`").hint("leave out what follows the path"));
        }
        if url.scheme() == "http" && !allow_http && !url.host_str().is_some_and(is_this_machine) {
            return Err(Error::usage(format!("`{text}` is not encrypted: anyone on the network could read the values"))
                .hint(format!("use https://{}", host_of(text)))
                .hint("set TAKK_ALLOW_HTTP=1 to allow it on a network that you trust"));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is on this machine. No proxy is used then.
    pub fn is_local(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.host_str().is_some_and(is_this_machine))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Encodes a text as one segment of a path (RFC 3986): everything but unreserved characters.
pub fn segment(text: &str) -> String {
    // A segment of only dots would change the path.
    if !text.is_empty() && text.bytes().all(|byte| byte == b'.') {
        return "%2E".repeat(text.len());
    }
    percent::encoded(text)
}

/// Everything after the scheme, for a hint.
fn host_of(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.rsplit_once('@').map_or(rest, |(_, host)| host)
}

/// A URL without its password, for messages.
fn without_password(text: &str) -> String {
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://...@{host}"),
        (None, Some((_, host))) => format!("...@{host}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_has_one_address() {
        for (text, address) in [
            ("https://Takk.Example.org/", "https://takk.example.org"),
            ("https://takk.example.org:443", "https://takk.example.org"),
            ("https://example.org/takk/", "https://example.org/takk"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            ("http://localhost:1", "http://localhost:1"),
        ] {
            assert_eq!(Address::parse(text, false).expect(text).as_str(), address);
        }
    }

    #[test]
    fn what_is_not_safe_is_refused() {
        for text in [
            "takk.example.org",
            "ftp://takk.example.org",
            "https://ada:pw@takk.example.org",
            "https://takk.example.org?x=1",
            "http://takk.example.org",
            "http://127.0.0.1.example.org",
            "http://10.0.0.1",
            "",
        ] {
            let error = Address::parse(text, false).expect_err(text);
            assert!(!error.hints.is_empty() && !error.message.contains("pw"), "{error}");
        }
        assert!(Address::parse("http://takk.example.org", true).is_ok());
    }

    #[test]
    fn a_name_is_one_segment() {
        assert_eq!(segment("preview/login"), "preview%2Flogin");
        assert_eq!(segment("a b?c#ä"), "a%20b%3Fc%23%C3%A4");
        assert_eq!(segment(".."), "%2E%2E");
    }
}
