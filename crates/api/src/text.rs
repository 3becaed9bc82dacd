//! A value on the wire: its only serializable form, which cannot be printed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

/// The text of a secret value; it is wiped when it is dropped.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[^\\x00]*$")]
pub struct Plain(Zeroizing<String>);

impl Plain {
    /// Takes the text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text: for handing it to where it is needed, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}
