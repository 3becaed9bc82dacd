//! Pages as responses: with the headers that every page has, and error pages.

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::assets::Head;
use super::form_errors::Sentence;
use super::stopped::Stopped;
use takk_api::Code;
use takk_model::percent;
use takk_model::visible::visible;
use takk_server::hosted::Refusal;
use takk_server::problem::{Explained, Refused};

/// The content security policy: a page only loads its own style and script.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The response of a page handler.
pub(crate) type Answer = Result<Response, Stopped>;

/// The page for a refused request.
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
        // No page of another origin keeps a handle on the window.
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    ];
    (headers, visible(&text)).into_response()
}

/// Redirects to another page, so that a reload does not repeat the request.
pub(super) fn see(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, address);
    response
}

/// Encodes a name for a path. `/projects/env/` is reserved for environments by UUID, so a project of that name is encoded differently.
pub(super) fn segment(name: &str) -> String {
    if name == "env" {
        return "%65nv".to_owned();
    }
    percent::encoded(name)
}
