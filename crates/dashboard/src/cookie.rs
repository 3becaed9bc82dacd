//! The cookie of the pages: 256 random bits. Before sign-in, it ties forms to the browser; signing in replaces it, so that nobody can plant
//! a cookie that they know.

use std::fmt::Write;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use url::{Host, Url};

use takk_model::TokenKind;
use takk_server::app::App;
use takk_server::hosted::Refusal;
use takk_vault::{new_token, request_digest};

/// Its name over HTTPS: with this prefix, browsers only send it over HTTPS and to this host.
const SECURE: &str = "__Host-takk";
/// Its name on the local machine, where there is no HTTPS and browsers reject the other name.
const LOOPBACK: &str = "takk";
/// Its maximum length.
const LONGEST: usize = 200;

pub(super) fn sent(headers: &HeaderMap, app: &App) -> Option<String> {
    let name = name(app.public_url());
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(known, _)| *known == name)?;
    let is_plain = !value.is_empty() && value.len() <= LONGEST && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_plain.then(|| value.to_owned())
}

/// The browser's cookie, or else a new one with its `Set-Cookie` header.
pub(super) fn sent_or_new(headers: &HeaderMap, app: &App) -> Result<(String, Option<String>), Refusal> {
    if let Some(cookie) = sent(headers, app) {
        return Ok((cookie, None));
    }
    let cookie = new_token(TokenKind::Personal)?.text;
    let kept = kept(app, Some(&cookie));
    Ok((cookie, Some(kept)))
}

/// A `Set-Cookie` header that keeps it until the browser is closed, or deletes it for `None`.
pub(super) fn kept(app: &App, value: Option<&str>) -> String {
    let name = name(app.public_url());
    let secure = if name == SECURE { "; Secure" } else { "" };
    let forget = if value.is_none() { "; Max-Age=0" } else { "" };
    format!("{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}{forget}", value.unwrap_or_default())
}

/// The CSRF token of every form: only the owner of the cookie can compute it, and it does not reveal the cookie.
pub(super) fn form_token(cookie: &str) -> String {
    let mut token = String::new();
    for byte in request_digest(&[b"form of a page", cookie.as_bytes()]) {
        write!(token, "{byte:02x}").expect("a String takes all text");
    }
    token
}

fn name(public_url: &str) -> &'static str {
    if is_loopback(public_url) { LOOPBACK } else { SECURE }
}

/// Whether it is plain HTTP to the local machine.
fn is_loopback(public_url: &str) -> bool {
    let Ok(url) = Url::parse(public_url) else { return false };
    let is_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "http" && is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_has_a_cookie_without_https() {
        for here in ["http://127.0.0.1:8421", "http://[::1]:8421", "http://localhost"] {
            assert_eq!(name(here), LOOPBACK, "{here}");
        }
        for elsewhere in [
            "https://takk.example",
            "http://takk.example",
            "http://0.0.0.0:8421",
            "https://localhost",
            "http://localhost.example",
        ] {
            assert_eq!(name(elsewhere), SECURE, "{elsewhere}");
        }
    }

    #[test]
    fn forms_do_not_tell_the_cookie() {
        let token = form_token("takk_p_1");
        assert_eq!((token.len(), token.contains("takk_p_1")), (64, false));
        assert_ne!(token, form_token("takk_p_2"));
    }
}
