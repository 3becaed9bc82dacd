//! The request log, a middleware around every request: its ID, its log line, its metrics, its timeout, and the headers of every response.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONNECTION, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::app::App;
use super::budget::Share;
use super::problem::{Refused, written};
use super::version;
use crate::hosted::Refusal;
use takk_api::Code;

/// The header with the request ID.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The size in bytes from which a response counts towards the memory for responses.
const LONG: usize = 64 * 1024;
/// The maximum length of a request ID from the caller.
const LONGEST_ID: usize = 64;

/// The request ID, with the user and whether the body was read, as the extractors report them.
#[derive(Clone, Debug, Default)]
pub struct RequestLog {
    request: Arc<str>,
    user: Arc<OnceLock<String>>,
    person: Arc<OnceLock<i64>>,
    is_read: Arc<AtomicBool>,
}

impl RequestLog {
    /// The ID of the request.
    pub fn request(&self) -> &str {
        &self.request
    }

    /// Receives the name of the user.
    pub(crate) fn user(&self) -> Arc<OnceLock<String>> {
        Arc::clone(&self.user)
    }

    pub fn is(&self, name: &str) {
        let _ = self.user.set(name.to_owned());
    }

    /// The person whose share of resources it uses; `None` for a stranger.
    pub(crate) fn person(&self) -> Option<i64> {
        self.person.get().copied()
    }

    /// Sets the person whose share it uses.
    pub fn is_of(&self, person: i64) {
        let _ = self.person.set(person);
    }

    /// Records that the whole body was read.
    pub(crate) fn body_is_read(&self) {
        self.is_read.store(true, Ordering::Relaxed);
    }
}

/// Serves a request, with its log line and metrics.
pub(super) async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = request_id(&request);
    let method = method_name(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str).to_owned();
    let observed = RequestLog { request: id.as_str().into(), ..RequestLog::default() };
    let has_body = !request.body().is_end_stream();
    request.extensions_mut().insert(observed.clone());
    let client = version::of_client(request.headers());
    let answered = match client.as_ref().and_then(version::refused) {
        Some(refusal) => Ok(Refused(refusal).into_response()),
        None => timeout(app.limits().request, next.run(request)).await,
    };
    let is_left = || has_body && !observed.is_read.load(Ordering::Relaxed);
    let response = answered.unwrap_or_else(|_| {
        // Whether the body was still unread tells which side was too slow.
        Refused(if is_left() {
            Refusal::new(Code::TooSlow, "the request took too long")
        } else {
            Refusal::unavailable("the store did not answer in time")
        })
        .into_response()
    });
    let cause = response.extensions().get::<Refused>().and_then(|Refused(refusal)| refusal.cause.clone());
    let mut response = written(response, &id, client.as_ref().and_then(version::hint));
    if let Some(length) = length_of(&response) {
        let mut share = app.answers().share(observed.person());
        response = match share.take(length) {
            Ok(()) => held(response, share).await,
            Err(refusal) => written(Refused(refusal).into_response(), &id, None),
        };
    }
    add_headers(&mut response, &id);
    if is_left() {
        // The connection is closed because part of the body was not read, and the client must know.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let (status, time) = (response.status().as_u16(), start.elapsed());
    app.metrics().answered(method, &route, status, time);
    log(&Line { id: &id, method, route: &route, status, time, user: observed.user.get().map(String::as_str), cause });
    response
}

/// The length of a response, if many of its size could fill the memory while nobody reads them.
fn length_of(response: &Response) -> Option<usize> {
    let length = usize::try_from(response.body().size_hint().exact()?).ok()?;
    (length > LONG).then_some(length)
}

/// A response that holds its share of the memory until its last byte was sent.
async fn held(response: Response, share: Share) -> Response {
    let (parts, mut body) = response.into_parts();
    let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
    let bytes = frame.and_then(Result::ok).and_then(|frame| frame.into_data().ok()).unwrap_or_default();
    Response::from_parts(parts, Body::from(Bytes::from_owner(Held { bytes, _share: share })))
}

struct Held {
    bytes: Bytes,
    _share: Share,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// One line of the log. It contains the patterns of paths but never a path itself, which may contain anything.
struct Line<'l> {
    id: &'l str,
    method: &'l str,
    route: &'l str,
    status: u16,
    time: Duration,
    user: Option<&'l str>,
    cause: Option<String>,
}

fn log(line: &Line) {
    let milliseconds = u64::try_from(line.time.as_millis()).unwrap_or(u64::MAX);
    let user = line.user.unwrap_or("-");
    if let Some(cause) = &line.cause {
        tracing::error!(
            request = line.id,
            method = line.method,
            route = line.route,
            status = line.status,
            milliseconds,
            user,
            cause,
            "failed"
        );
    } else {
        tracing::info!(
            request = line.id,
            method = line.method,
            route = line.route,
            status = line.status,
            milliseconds,
            user,
            "answered"
        );
    }
}

/// The request ID from the caller if it is a plain word, or else a new one.
fn request_id(request: &Request) -> String {
    let plain = |id: &&str| {
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(plain);
    given.map_or_else(|| format!("{:016x}", getrandom::u64().unwrap_or_default()), str::to_owned)
}

/// Unknown methods are counted as one, because callers must not control the number of counters.
fn method_name(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    known.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// Prevents caching and content sniffing of responses.
fn add_headers(response: &mut Response, id: &str) {
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, HeaderValue::from_str(id).expect("an id is a plain word"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(HeaderName::from_static("content-security-policy"))
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"));
}
