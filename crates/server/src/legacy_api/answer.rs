//! Errors as that client shows them: it prints the status line of an error response and nothing else, so the status line contains the
//! reason.

use axum::body::Bytes;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use hyper::ext::ReasonPhrase;

use crate::hosted::Refusal;
use crate::problem::Refused;

/// The maximum length of a reason phrase.
const LONGEST: usize = 300;

/// Puts the reason of a refusal into the status line, which that client shows.
pub(super) async fn with_reason(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let reason = response.extensions().get::<Refused>().and_then(|Refused(refusal)| reason(refusal));
    if let Some(reason) = reason {
        response.extensions_mut().insert(reason);
    }
    response
}

/// The description and the hint, in characters that a status line may contain.
fn reason(refusal: &Refusal) -> Option<ReasonPhrase> {
    let text = std::iter::once(&refusal.detail).chain(&refusal.hints).map(String::as_str).collect::<Vec<_>>().join("; ");
    let plain: String = text.chars().map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).take(LONGEST).collect();
    ReasonPhrase::try_from(Bytes::from(plain)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_of_ascii() {
        let refusal = Refusal::not_found("no `gr\u{f6}\u{df}e`\r\nSet-Cookie: a=b").hint("look again");
        let reason = reason(&refusal).expect("it is one");
        assert_eq!(reason.as_bytes(), b"no `gr??e`??Set-Cookie: a=b; look again");
    }
}
