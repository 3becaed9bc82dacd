//! The text of a secret: shared between readers, wiped when the last one drops it, and never printed.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// The text of a secret. Cloning it copies a pointer; `Debug` shows `***`, and there is no `Display`.
#[derive(Clone)]
pub struct SecretText(Arc<Zeroizing<String>>);

impl SecretText {
    /// Takes ownership of a text. The caller has to wipe any other copies.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(text.into())))
    }

    /// The text itself, only to be handed to the program.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether both texts are equal.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.expose() == other.expose()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        let text = SecretText::new("hunter2");
        assert_eq!(format!("{text:?} {:?}", Some(&text)), "*** Some(***)");
        assert!(text.is_same(&SecretText::new("hunter2")) && !text.is_same(&SecretText::new("hunter3")));
    }
}
