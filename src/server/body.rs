//! Bodies and queries of requests. What is wrong with one is said by its place: its text may hold a value.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use zeroize::Zeroizing;

use super::app::App;
use super::observed::Observed;
use super::problem::Refused;
use crate::ops::hosted::Refusal;
use crate::wire::Code;

/// A body of JSON, with its bytes.
pub(super) struct Sent<T> {
    /// What it says.
    pub value: T,
    /// As it came.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refused> {
        if !is_json(request.headers()) {
            let refusal = Refusal::new(Code::NotJson, "the body is not `application/json`");
            return Err(refusal.hint("send `Content-Type: application/json`").into());
        }
        let observed = request.extensions().get::<Observed>().cloned();
        let bytes = whole(request, app.limits().body).await?;
        observed.unwrap_or_default().body_is_read();
        let value = serde_json::from_slice(&bytes).map_err(|error| misread(&error))?;
        Ok(Self { value, bytes })
    }
}

/// The body of a request, if it is not larger than `most` bytes.
async fn whole(request: Request, most: usize) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let too_large = || Refusal::new(Code::TooLarge, format!("the body has more than {most} bytes"));
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large().into());
    }
    let body: Body = request.into_body();
    match to_bytes(body, most).await {
        // Where nobody else has the bytes they are taken as they are, not copied.
        Ok(bytes) => Ok(Zeroizing::new(Vec::from(bytes))),
        Err(error) if is_length_limit(&error) => Err(too_large().into()),
        Err(_) => Err(Refusal::invalid("the body ended before its end").into()),
    }
}

fn is_length_limit(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.to_string().contains("length limit"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// What is wrong with a body, without its text.
fn misread(error: &serde_json::Error) -> Refusal {
    let what = match error.classify() {
        Category::Data => "the body does not have the form that is expected",
        Category::Eof => "the body ends too early",
        Category::Syntax | Category::Io => "the body is not JSON, or is nested too deeply",
    };
    let place = format!("{what}: line {}, column {}", error.line(), error.column());
    Refusal::invalid(place).hint("/api/v1/openapi.json says what is expected")
}

/// The query of an address.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Refused> {
        let query = axum::extract::Query::try_from_uri(&parts.uri);
        let misread =
            |_| Refusal::invalid("the query of the address is not understood").hint("/api/v1/openapi.json lists what it takes");
        Ok(query.map(|axum::extract::Query(value)| Self(value)).map_err(misread)?)
    }
}

/// Every value of one parameter of a query.
pub(super) fn all_of(parts_query: Option<&str>, name: &str) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(parts_query.unwrap_or_default().as_bytes());
    pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_never_repeated() {
        for text in ["{\"revision\": \"hunter2\"}", "\"hunter2\"", "{\"hunter2\": 1}", "[hunter2", "hunter2"] {
            let error = serde_json::from_str::<crate::wire::Changed>(text).expect_err("it is another thing");
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
