//! The claims of an issuer about a user or a job.

use jsonwebtoken::dangerous::insecure_decode_claims;
use serde_json::{Map, Value};

/// The verified claims of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    pub(super) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// A claim as text; numbers and booleans as written.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// Whether a claim is `true`. Some issuers send it as a string.
    pub fn is_true(&self, name: &str) -> bool {
        self.text(name).as_deref() == Some("true")
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// The issuer in a token. It is not verified yet, and only tells whose keys to use.
pub fn issuer_of(token: &str) -> Option<String> {
    let claims: Map<String, Value> = insecure_decode_claims(token).ok()?;
    claims.get("iss")?.as_str().map(str::to_owned)
}
