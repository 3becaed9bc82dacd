//! Forms that were filled in. One that does not come from a page of this browser is refused before anything reads it.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use subtle::ConstantTimeEq;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::answer::Stopped;
use super::cookie;
use crate::ops::hosted::Refusal;
use crate::server::app::App;
use crate::server::observed::Observed;
use crate::wire::Code;

/// The fields of a form, in their order; they are wiped when they are dropped.
pub(in crate::server) struct Filled(Vec<(String, Zeroizing<String>)>);

impl Filled {
    /// What a field has; empty if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.optional(name).unwrap_or_default()
    }

    /// What a field has, if there is one.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// The number in a field.
    pub fn number(&self, name: &str) -> Result<i64, Refusal> {
        self.text(name).parse().map_err(|_| Refusal::invalid(format!("`{name}` is not a number")).hint("reload the page"))
    }

    /// Everything that fields of one name have.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// The fields whose names begin so, with what follows in the name.
    pub fn beginning<'f>(&'f self, prefix: &'f str) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.0.iter().filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, text.as_str())))
    }
}

impl FromRequest<App> for Filled {
    type Rejection = Stopped;

    async fn from_request(request: Request, app: &App) -> Result<Self, Stopped> {
        let (parts, body) = request.into_parts();
        let from_elsewhere = parts.headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
        let expected = cookie::sent(&parts.headers, app).map(|cookie| cookie::form_token(&cookie));
        let most = app.limits().body;
        let too_large = |_| Refusal::new(Code::TooLarge, format!("the form has more than {most} bytes, or ended too early"));
        let bytes = Zeroizing::new(Vec::from(to_bytes(body, most).await.map_err(too_large)?));
        if let Some(observed) = parts.extensions.get::<Observed>() {
            observed.body_is_read();
        }
        let pairs = form_urlencoded::parse(&bytes);
        let filled = Self(pairs.map(|(name, text)| (name.into_owned(), Zeroizing::new(text.into_owned()))).collect());
        match expected {
            Some(token) if !from_elsewhere && is_same(filled.text("csrf"), &token) => Ok(filled),
            _ => Err(Refusal::forbidden("this form is not from a page that was shown to you")
                .hint("go back, reload the page, and try again")
                .into()),
        }
    }
}

/// Whether two texts are the same; how long it takes does not tell where they differ.
fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn a_part_is_not_the_same() {
        assert!(is_same("abc", "abc") && is_same("", ""));
        assert!(!is_same("ab", "abc") && !is_same("", "abc") && !is_same("abd", "abc"));
    }
}
