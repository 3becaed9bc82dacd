//! ClickHouse: `SELECT version()` over HTTP, which the kind publishes as the port `http`.

use std::time::Instant;

use takk_model::percent::encoded;

use super::http::Http;
use super::words::{foreign, other, version_number};
use super::{Accepted, Answer, Login, NotReady};

/// Errors that reject a user, password, privilege or database: `UNKNOWN_DATABASE`, `UNKNOWN_USER`, `WRONG_PASSWORD`, `REQUIRED_PASSWORD`,
/// `ACCESS_DENIED`, `AUTHENTICATION_FAILED`.
const REFUSALS: &[&str] = &["81", "192", "193", "194", "497", "516"];

pub(super) fn log_in(login: &Login<'_>, deadline: Instant) -> Answer {
    let port = login.ports.get("http").copied().unwrap_or(login.port);
    let http = Http::new(login, port, deadline);
    let mut path = "/?query=SELECT%20version()".to_owned();
    if let Some(database) = login.credential("database") {
        path = format!("{path}&database={}", encoded(database));
    }
    let user = ("x-clickhouse-user", login.credential("username").unwrap_or("default"));
    let headers = [user, ("x-clickhouse-key", login.credential("password").unwrap_or_default())];
    let reply = http.send("GET", &path, &headers, b"")?;
    // `Code: 516. DB::Exception: shop: Authentication failed: …`
    let text = reply.text();
    let code = text.strip_prefix("Code: ").and_then(|rest| rest.split('.').next());
    if code.is_some_and(|code| REFUSALS.contains(&code)) {
        return Err(NotReady::Refused(foreign(login, text.as_bytes())));
    }
    let page = reply.done(login)?;
    let version = version_number(&page.text());
    if version.is_none() {
        return Err(other(login, "its version is", &page.body));
    }
    Ok(Accepted { version })
}
