//! Bodies and queries of requests. Errors name the place of a problem, never its text, which may contain a value. Bodies of strangers are
//! small; those of a signed-in user count towards their share of the memory budget until the response is sent.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use zeroize::Zeroizing;

use super::app::App;
use super::budget::Share;
use super::problem::Refused;
use super::request_log::RequestLog;
use crate::hosted::Refusal;
use takk_api::Code;

/// The maximum size of a stranger's body: a name and a password, or an ID token of a program.
const STRANGERS: usize = 16 * 1024;
/// The part of a body that does not count towards anybody's budget.
const FREE: usize = 16 * 1024;

/// A JSON body, with its bytes.
pub(super) struct Sent<T> {
    pub value: T,
    pub bytes: Zeroizing<Vec<u8>>,
    /// Its share of the memory for bodies.
    _share: Share,
}

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        if !is_json(request.headers()) {
            let refusal = Refusal::new(Code::NotJson, "the body is not `application/json`");
            return Err(refusal.hint("send `Content-Type: application/json`").into());
        }
        let (bytes, share) = whole(request, app).await?;
        let value = serde_json::from_slice(&bytes).map_err(|error| misread(&error))?;
        Ok(Self { value, bytes, _share: share })
    }
}

/// The body of a request, unless it exceeds the sender's limit.
pub async fn whole(request: Request, app: &App) -> Result<(Zeroizing<Vec<u8>>, Share), Refusal> {
    let observed = request.extensions().get::<RequestLog>().cloned().unwrap_or_default();
    let person = observed.person();
    let most = if person.is_some() { app.limits().body } else { app.limits().body.min(STRANGERS) };
    let too_large = || Refusal::new(Code::TooLarge, format!("the body is larger than {most} bytes"));
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let mut share = app.bodies().share(person);
    let mut body: Body = request.into_body();
    // The announced length may never arrive.
    let mut bytes = Zeroizing::new(Vec::with_capacity(announced.unwrap_or_default().min(FREE)));
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Refusal::invalid("the body was truncated"))?;
        let Ok(part) = frame.into_data() else { continue };
        if bytes.len() + part.len() > most {
            return Err(too_large());
        }
        let beyond = |length: usize| length.saturating_sub(FREE);
        share.take(beyond(bytes.len() + part.len()) - beyond(bytes.len()))?;
        bytes.extend_from_slice(&part);
    }
    observed.body_is_read();
    Ok((bytes, share))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// What is wrong with a body, without quoting it.
fn misread(error: &serde_json::Error) -> Refusal {
    let what = match error.classify() {
        Category::Data => "the body does not have the expected structure",
        Category::Eof => "the body is incomplete",
        Category::Syntax | Category::Io => "the body is not JSON, or is nested too deeply",
    };
    let place = format!("{what}: line {}, column {}", error.line(), error.column());
    Refusal::invalid(place).hint("see /api/v1/openapi.json for the format")
}

/// The parameters in a query.
pub(super) struct Parameters<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Parameters<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Refused> {
        let query = axum::extract::Query::try_from_uri(&parts.uri);
        let misread = |_| Refusal::invalid("the query string is invalid").hint("see /api/v1/openapi.json for the parameters");
        Ok(query.map(|axum::extract::Query(value)| Self(value)).map_err(misread)?)
    }
}

/// Every value of one parameter in a query.
pub fn all_of(parts_query: Option<&str>, name: &str) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(parts_query.unwrap_or_default().as_bytes());
    pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_never_repeated() {
        for text in ["{\"revision\": \"hunter2\"}", "\"hunter2\"", "{\"hunter2\": 1}", "[hunter2", "hunter2"] {
            let error = serde_json::from_str::<takk_api::Changed>(text).expect_err("it is another thing");
            let refusal = misread(&error);
            assert!(!format!("{refusal:?}").contains("hunter2"), "{refusal:?}");
        }
    }

    #[test]
    fn a_parameter_may_come_often() {
        assert_eq!(all_of(Some("name=A&x=1&name=B%20C"), "name"), ["A", "B C"]);
        assert!(all_of(None, "name").is_empty());
    }
}
