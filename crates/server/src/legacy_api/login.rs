//! `GET /users/cli-login/{id}`: how that client logs in. It generates a UUID, opens this URL with it in a browser, and polls the same URL
//! until it gets the token.
//!
//! The person authorizes the UUID, which is part of the URL and may be seen by others. The first caller that polls therefore gets a secret
//! in a cookie, and only that secret gets the token: once, and only within minutes.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::{ACCEPT, COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::access::{Beginner, Guard, Stranger};
use crate::app::App;
use crate::hosted::login::{self, Polled};
use crate::hosted::{Refusal, Result};
use crate::problem::Refused;
use takk_api::{Code, Plain};

/// The label of the resulting token.
const NAME: &str = "takk login of takk 0.1.40";
/// The cookie with the secret.
const SECRET: &str = "takk-login";
/// How long one request waits: less than the timeouts of the server and most proxies.
const WAIT: Duration = Duration::from_secs(15);
/// The interval between queries to the store.
const PAUSE: Duration = Duration::from_millis(500);
/// How often that client is redirected to ask again; it follows 20 redirects.
const TURNS: u32 = 16;

/// Who opens the URL of a login.
pub(super) enum Opener {
    /// The browser of a person, which is redirected to the page for it.
    Browser,
    /// The client, which begins to wait.
    Begins,
    /// The client, which waits, with the secret from the first response.
    Waits(Plain),
}

impl FromRequestParts<App> for Opener {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        if wants_page(&parts.headers) {
            return Ok(Self::Browser);
        }
        match secret(&parts.headers) {
            Some(secret) => Stranger::from_request_parts(parts, app).await.map(|_| Self::Waits(secret)),
            None => Beginner::from_request_parts(parts, app).await.map(|_| Self::Begins),
        }
    }
}

impl Guard for Opener {}

/// The number of redirects so far.
#[derive(Deserialize)]
pub(super) struct Turn {
    #[serde(default)]
    turn: u32,
}

/// Shows a browser the page where a person authorizes the login, and lets the client wait for it.
pub(super) async fn log_in(
    opener: Opener,
    State(app): State<App>,
    Path(id): Path<String>,
    Query(Turn { turn }): Query<Turn>,
) -> Result<Response, Refused> {
    let id = Uuid::try_parse(&id).map_err(|_| Refusal::not_found("a login ID must be a UUID"))?;
    let code = id.to_string().to_uppercase();
    let secret = match opener {
        Opener::Browser => return Ok(sent_on(StatusCode::SEE_OTHER, &format!("/login/device?code={code}"), None)),
        Opener::Begins => {
            let secret = app.work_of_stranger(move |hosted| login::begin_with(hosted, code, NAME)).await?;
            return Ok(sent_on(StatusCode::TEMPORARY_REDIRECT, &format!("{id}?turn=1"), Some(&secret)));
        }
        Opener::Waits(secret) => secret,
    };
    match wait(&app, &secret).await? {
        Some(token) => Ok(Json(json!({ "id": token.expose() })).into_response()),
        None if turn >= TURNS => Err(Refusal::new(Code::TooSlow, "nobody authorized the login in the browser in time")
            .hint("run `takk login` again")
            .into()),
        None => Ok(sent_on(StatusCode::TEMPORARY_REDIRECT, &format!("{id}?turn={}", turn + 1), None)),
    }
}

/// The token, once a person has authorized it; `None` if nobody has for a while.
async fn wait(app: &App, secret: &Plain) -> Result<Option<Plain>, Refused> {
    let begin = tokio::time::Instant::now();
    loop {
        let asked = secret.clone();
        if let Polled::Token(token) = app.work_of_stranger(move |hosted| login::poll(hosted, &asked)).await? {
            return Ok(Some(token.token));
        }
        if begin.elapsed() >= WAIT {
            return Ok(None);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether the request is from a browser.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// The secret from the first response to the client.
fn secret(headers: &HeaderMap) -> Option<Plain> {
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SECRET).map(|(_, value)| Plain::new(value.to_owned()))
}

/// Redirects, with a secret to keep in the meantime.
fn sent_on(status: StatusCode, address: &str, secret: Option<&Plain>) -> Response {
    let mut response = status.into_response();
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(address).expect("an address of letters and digits"));
    if let Some(secret) = secret {
        let cookie = format!("{SECRET}={}; HttpOnly; SameSite=Strict; Max-Age=600", secret.expose());
        response.headers_mut().insert(SET_COOKIE, HeaderValue::from_str(&cookie).expect("a token of letters and digits"));
    }
    response
}
