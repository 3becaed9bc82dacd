//! Pages as responses: with the headers that every page has, and error pages.

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::form_errors::Sentence;
use super::shell::Head;
use crate::hosted::Refusal;
use crate::problem::{Explained, Refused};
use takk_api::Code;
use takk_model::percent;
use takk_model::visible::visible;

/// What a page may load and do: its own style and script, and nothing of anybody else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The answer of a handler of pages.
pub(crate) type Answer = Result<Response, Stopped>;

/// Why a page is not shown.
pub(crate) enum Stopped {
    /// Somebody has to sign in first; then they come back to this address.
    SignIn(String),
    Refused(Refusal),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Refused> for Stopped {
    fn from(Refused(refusal): Refused) -> Self {
        Self::Refused(refusal)
    }
}

/// What is shown instead of a page.
#[derive(Template)]
#[template(path = "refused.html")]
struct RefusedPage {
    head: Head,
    title: &'static str,
    sentence: Sentence,
}

impl IntoResponse for Stopped {
    fn into_response(self) -> Response {
        let refusal = match self {
            Self::SignIn(next) => return see(&format!("/login?next={}", segment(&next))),
            Self::Refused(refusal) => refusal,
        };
        let head = Head::new();
        let mut response = shown(&RefusedPage { head, title: refusal.code.title(), sentence: Sentence::about(&refusal) });
        *response.status_mut() = StatusCode::from_u16(refusal.code.status()).expect("every code has a status of HTTP");
        if let Some(seconds) = refusal.retry_after {
            response.headers_mut().insert("retry-after", HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Refused(refusal));
        response.extensions_mut().insert(Explained);
        response
    }
}

pub(super) fn shown(page: &impl Template) -> Response {
    let Ok(text) = page.render() else {
        return Refused(Refusal::new(Code::Internal, "internal error").caused_by("cannot render a page")).into_response();
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        // No page of somebody else holds the window of one.
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    ];
    (headers, visible(&text)).into_response()
}

/// The browser goes on to another page, and a reload of that one repeats nothing.
pub(super) fn see(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, address);
    response
}

/// A name as a part of an address. What begins with `/projects/env/` is about environments by their UUIDs: a project of that name has
/// another address.
pub(super) fn segment(name: &str) -> String {
    if name == "env" {
        return "%65nv".to_owned();
    }
    percent::encoded(name)
}
