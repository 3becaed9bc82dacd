//! `/login` and `/logout`

use std::net::IpAddr;
use std::time::Instant;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde::Deserialize;

use super::answer::{Answer, see, segment, shown};
use super::assets::Head;
use super::cookie;
use super::form::FormBody;
use super::form_errors::Said;
use super::person::Person;
use super::stopped::Stopped;
use takk_api::{Code, Plain};
use takk_server::app::App;
use takk_server::hosted::{Refusal, sessions};
use takk_server::listen::Peer;
use takk_server::rate_limit::Attempt;
use takk_server::request_log::RequestLog;

/// Where to go after the sign-in.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'p> {
    head: Head,
    csrf: String,
    next: &'p str,
    /// The name that was entered.
    typed: &'p str,
    said: Said,
    needs_https: bool,
    /// The name of the provider, if there is one.
    provider: Option<&'p str>,
}

/// Asks for a password or a token.
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap, Query(Next { next }): Query<Next>) -> Answer {
    page(&app, &headers, &next, "", Said::default())
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(observed): Extension<RequestLog>,
    headers: HeaderMap,
    filled: FormBody,
) -> Answer {
    let request = observed.request().to_owned();
    let begun = match filled.text("way") {
        "token" => with_token(&app, peer, &filled, request).await?,
        _ => with_password(&app, peer, &filled, request).await?,
    };
    let Some(session) = begun else {
        app.metrics().failed_sign_ins.inc();
        let said = match filled.text("way") {
            "token" => Said::of("token", "This token is invalid or has expired."),
            _ => Said::of("password", "The name or the password is wrong."),
        };
        return page(&app, &headers, filled.text("next"), filled.text("name"), said);
    };
    Ok(with_cookie(see(local(filled.text("next"))), &cookie::kept(&app, Some(session.expose()))))
}

pub(crate) async fn sign_out(State(app): State<App>, person: Person, _: FormBody) -> Answer {
    app.work(move |hosted| sessions::end(hosted, &person.caller, &person.session)).await?;
    Ok(with_cookie(see("/login"), &cookie::kept(&app, None)))
}

async fn with_token(app: &App, peer: IpAddr, filled: &FormBody, request: String) -> Result<Option<Plain>, Stopped> {
    if let Some(seconds) = app.rate_limiter().wait(peer, Instant::now()) {
        return Err(too_many(seconds).into());
    }
    let token = Plain::new(filled.text("token").to_owned());
    let begun = app.work_of_stranger(move |hosted| sessions::begin_with_token(hosted, token.expose(), &request)).await?;
    if begun.is_none()
        && let Some(seconds) = app.rate_limiter().count(peer, Instant::now())
    {
        return Err(too_many(seconds).into());
    }
    Ok(begun)
}

async fn with_password(app: &App, peer: IpAddr, filled: &FormBody, request: String) -> Result<Option<Plain>, Stopped> {
    let (name, password) = (filled.text("name").trim().to_owned(), Plain::new(filled.text("password").to_owned()));
    let attempt = attempt(app, peer, &name)?;
    let asked = name.clone();
    let verifier = app.work_of_stranger(move |hosted| sessions::verifier(hosted, &asked)).await?;
    let Some(verifier) = verified(app, password, verifier).await? else { return Ok(None) };
    let begun = app.work_of_stranger(move |hosted| sessions::begin_with_password(hosted, &name, &verifier, &request)).await?;
    if begun.is_some() {
        app.rate_limiter().succeeded(&attempt);
    }
    Ok(begun)
}

/// Counts an attempt to sign in with the password of an account, before anything is hashed, so that refused attempts cost nothing.
pub(super) fn attempt(app: &App, peer: IpAddr, account: &str) -> Result<Attempt, Refusal> {
    app.rate_limiter().begin_with_password(peer, account, Instant::now()).map_err(too_many)
}

/// The verifier, if the password is correct.
pub(super) async fn verified(app: &App, password: Plain, verifier: Option<String>) -> Result<Option<String>, Refusal> {
    app.hash(move |hashing| hashing.is_password(password.expose(), verifier.as_deref()).then_some(verifier).flatten()).await
}

/// The verifier of a new password.
pub(super) async fn hashed(app: &App, password: Plain) -> Result<String, Refusal> {
    Ok(app.hash(move |hashing| hashing.hash(password.expose())).await??)
}

fn page(app: &App, headers: &HeaderMap, next: &str, typed: &str, said: Said) -> Answer {
    let (cookie, kept) = cookie::sent_or_new(headers, app)?;
    let needs_https = cookie::kept(app, None).contains("Secure") && !app.public_url().starts_with("https:");
    let shown = shown(&SignInPage {
        head: Head::new(),
        csrf: cookie::form_token(&cookie),
        next: local(next),
        typed,
        said,
        needs_https,
        provider: app.elsewhere().map(|elsewhere| elsewhere.settings.name.as_str()),
    });
    Ok(match kept {
        Some(kept) => with_cookie(shown, &kept),
        None => shown,
    })
}

/// Adds a cookie to a response.
pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    let cookie = HeaderValue::from_str(cookie).expect("a cookie of letters and digits");
    response.headers_mut().insert(SET_COOKIE, cookie);
    response
}

/// The response after too many attempts.
pub(super) fn too_many(seconds: u64) -> Refusal {
    Refusal::new(Code::TooMany, "too many failed sign-ins from your address or to this account").retry_after(seconds)
}

/// A path on this server; anything else becomes `/`.
pub(super) fn local(next: &str) -> &str {
    let is_local = next.starts_with('/') && !next.starts_with("//") && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_local { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_sent_to_another_server() {
        assert_eq!(local("/login/device?code=BCDF-GHJK"), "/login/device?code=BCDF-GHJK");
        for elsewhere in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/a\r\nb: c",
        ] {
            assert_eq!(local(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
