//! OpenSearch: the page that says its version, with the credentials.

use std::time::Instant;

use zeroize::Zeroizing;

use super::http::Http;
use super::words::{basic, other, version_number};
use super::{Accepted, Answer, Login};

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let http = Http::new(login, login.port, deadline);
    let basic = basic(login).map(|basic| Zeroizing::new(format!("Basic {}", *basic)));
    let headers: Vec<_> = basic.iter().map(|basic| ("authorization", basic.as_str())).collect();
    let page = http.send("GET", "/", &headers, b"")?.done(login)?;
    let json = page.json();
    let version = json.as_ref().and_then(|json| json.pointer("/version/number")?.as_str()).and_then(version_number);
    if version.is_none() {
        return Err(other(login, "its first page does not contain a version", &page.body));
    }
    Ok(Accepted { version })
}
