//! The claims of an issuer about a user or a job.

use jsonwebtoken::dangerous::insecure_decode_claims;
use serde_json::{Map, Value};

/// What an issuer says of somebody: verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    pub(super) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// A claim that is a text; a number or a truth is given as it is written.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }

    /// Whether a claim is `true`. Some issuers write it as a text.
    pub fn is_true(&self, name: &str) -> bool {
        self.text(name).as_deref() == Some("true")
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// The issuer that a token names. Nothing is verified yet: it only says whom to ask.
pub fn issuer_of(token: &str) -> Option<String> {
    let claims: Map<String, Value> = insecure_decode_claims(token).ok()?;
    claims.get("iss")?.as_str().map(str::to_owned)
}
