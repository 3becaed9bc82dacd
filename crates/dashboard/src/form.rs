//! Submitted forms. A form that does not come from a page in this browser is rejected before it is parsed.

use std::collections::HashMap;

use axum::extract::{FromRequest, Request};
use memchr::memchr_iter;
use subtle::ConstantTimeEq;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::cookie;
use super::stopped::Stopped;
use takk_server::app::App;
use takk_server::body::whole;
use takk_server::budget::Share;
use takk_server::hosted::Refusal;

/// The maximum number of fields: there are several for each value that can be changed at once.
const MOST_FIELDS: usize = 20_000;

/// The fields of a form, in order. They are wiped when dropped.
pub(crate) struct FormBody {
    fields: Vec<(String, Zeroizing<String>)>,
    /// The index of the first field with each name.
    first: HashMap<String, usize>,
    /// Its share of the memory for bodies.
    _share: Share,
}

impl FormBody {
    /// The value of a field; empty if it does not exist.
    pub(super) fn text(&self, name: &str) -> &str {
        self.optional(name).unwrap_or_default()
    }

    /// The value of a field, if it exists.
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        self.first.get(name).and_then(|at| self.fields.get(*at)).map(|(_, text)| text.as_str())
    }

    /// The number in a field.
    pub(super) fn number(&self, name: &str) -> Result<i64, Refusal> {
        self.text(name).parse().map_err(|_| Refusal::invalid(format!("`{name}` is not a number")).hint("reload the page"))
    }

    /// All values of the fields with one name.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// The fields whose names have a prefix, with the rest of the name.
    pub(super) fn beginning<'f>(&'f self, prefix: &'f str) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.fields.iter().filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, text.as_str())))
    }
}

impl FromRequest<App> for FormBody {
    type Rejection = Stopped;

    async fn from_request(request: Request, app: &App) -> Result<Self, Stopped> {
        let headers = request.headers();
        let from_elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
        let expected = cookie::sent(headers, app).map(|cookie| cookie::form_token(&cookie));
        let (bytes, share) = whole(request, app).await?;
        if memchr_iter(b'&', &bytes).count() >= MOST_FIELDS {
            return Err(Refusal::invalid(format!("a form can have at most {MOST_FIELDS} fields")).into());
        }
        let pairs = form_urlencoded::parse(&bytes);
        let fields: Vec<_> = pairs.map(|(name, text)| (name.into_owned(), Zeroizing::new(text.into_owned()))).collect();
        let mut first = HashMap::with_capacity(fields.len());
        for (at, (name, _)) in fields.iter().enumerate() {
            first.entry(name.clone()).or_insert(at);
        }
        let filled = Self { fields, first, _share: share };
        match expected {
            Some(token) if !from_elsewhere && is_same(filled.text("csrf"), &token) => Ok(filled),
            _ => Err(Refusal::forbidden("this form was not submitted from a page of this session")
                .hint("go back, reload the page, and try again")
                .into()),
        }
    }
}

/// Compares two texts in constant time.
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
