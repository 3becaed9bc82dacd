//! A value that must not leak: it is wiped when it is dropped, and nothing can print, compare or serialize it by accident.

use zeroize::Zeroizing;

pub struct SecretValue(Zeroizing<String>);

impl SecretValue {
    /// Takes a text; the caller's copy is the caller's to wipe.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The value itself: for handing it to where it is needed, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SecretValue {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}
