//! SHA-256 of a text that is given in parts.

use sha2::{Digest as _, Sha256};

/// A digest that is being computed.
#[derive(Clone, Default)]
pub struct Digest(Sha256);

impl Digest {
    /// Adds the bytes.
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// The digest of everything that was added.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
