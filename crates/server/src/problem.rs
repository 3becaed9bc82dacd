//! Errors as problem documents. A handler returns a [`Refused`]; the document is written with the response, where the request ID is known.

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::ext::ReasonPhrase;

use crate::hosted::Refusal;
use takk_api::{Code, Problem};

/// A refusal as a response.
#[derive(Clone, Debug)]
pub struct Refused(pub Refusal);

/// Marks a response that already explains the refusal in its own form.
#[derive(Clone, Copy, Debug)]
pub struct Explained;

impl<R: Into<Refusal>> From<R> for Refused {
    fn from(refusal: R) -> Self {
        Self(refusal.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status(self.0.code);
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the problem document of a refused request into its response. A response with an error status and no document gets one, too: those
/// of the router and its extractors. `other_version` is a hint for a takk of another version, whose request may have been misunderstood.
pub(super) fn written(mut response: Response, request_id: &str, other_version: Option<String>) -> Response {
    if response.extensions().get::<Explained>().is_some() {
        return response;
    }
    let refused = response.extensions_mut().remove::<Refused>();
    let Some(Refused(refusal)) = refused.or_else(|| unexplained(response.status())) else { return response };
    let may_be_misunderstood = matches!(refusal.code, Code::Invalid | Code::NotFound | Code::MethodNotAllowed | Code::NotJson);
    let other_version = other_version.filter(|_| may_be_misunderstood);
    let document = Problem {
        kind: format!("/problems/{}", refusal.code.as_str()),
        title: refusal.code.title().to_owned(),
        status: refusal.code.status(),
        detail: refusal.detail,
        hints: refusal.hints.into_iter().chain(other_version).collect(),
        request_id: Some(request_id.to_owned()),
    };
    let text = serde_json::to_vec(&document).expect("a document has only texts and numbers");
    let allow = response.headers_mut().remove(ALLOW);
    let reason = response.extensions_mut().remove::<ReasonPhrase>();
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status(refusal.code);
    if let Some(reason) = reason {
        answer.extensions_mut().insert(reason);
    }
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(allow) = allow {
        headers.insert(ALLOW, allow);
    }
    if let Some(seconds) = refusal.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if refusal.code == Code::Unauthenticated {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"takk\""));
    }
    answer
}

/// The problem of a response without a document.
fn unexplained(status: StatusCode) -> Option<Refused> {
    let refusal = match status.as_u16() {
        0..=399 => return None,
        404 => {
            Refusal::not_found("there is no page or endpoint at this path").hint("see /api/v1/openapi.json for the endpoints")
        }
        405 => Refusal::new(Code::MethodNotAllowed, "this path does not support this method"),
        408 => Refusal::new(Code::TooSlow, "the request did not arrive in time"),
        413 | 431 => Refusal::new(Code::TooLarge, "the request is too large"),
        415 => Refusal::new(Code::NotJson, "the body is not `application/json`"),
        500..=599 => Refusal::new(Code::Internal, "internal error"),
        _ => Refusal::invalid("the request is invalid"),
    };
    Some(Refused(refusal))
}

fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).expect("every code has a status of HTTP")
}
