//! A value that must not leak: it is wiped when it is dropped, and nothing can print, compare or serialize it by accident.

use zeroize::Zeroizing;

pub struct SecretValue(Zeroizing<String>);

impl SecretValue {
    /// Takes a text; wiping the caller's copy is up to the caller.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The value itself: only for passing it to where it is needed.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SecretValue {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}
