//! Entity tags: a list that the caller already has is not sent again.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The body with its `ETag`, or 304 if the caller has it already.
pub(super) fn tagged<T: Serialize>(headers: &HeaderMap, tag: &str, body: impl FnOnce() -> T) -> Response {
    answer(headers, tag, || Json(body()).into_response())
}

/// The same for a body that is JSON already.
pub(super) fn tagged_json(headers: &HeaderMap, tag: &str, body: Vec<u8>) -> Response {
    answer(headers, tag, || ([(CONTENT_TYPE, "application/json")], body).into_response())
}

fn answer(headers: &HeaderMap, tag: &str, body: impl FnOnce() -> Response) -> Response {
    let tag = HeaderValue::from_str(&format!("\"{tag}\"")).expect("a tag is letters, digits and points");
    // Caches must revalidate before each use.
    let kept = [(ETAG, tag.clone()), (CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    if is_known(headers, &tag) { (StatusCode::NOT_MODIFIED, kept).into_response() } else { (kept, body()).into_response() }
}

/// Whether the caller already has the content with this `ETag`.
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let tag = tag.to_str().unwrap_or_default();
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|known| known.to_str().ok())
        .flat_map(|known| known.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_sent_again() {
        for (known, status) in
            [("\"1.2\"", 304), ("\"0\", W/\"1.2\"", 304), ("*", 304), ("\"1.3\"", 200), ("1.2", 200), ("", 200)]
        {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_str(known).expect("a header"))]);
            assert_eq!(tagged(&headers, "1.2", || "body").status().as_u16(), status, "{known}");
        }
    }
}
