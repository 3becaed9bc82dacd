//! SHA-256 and HMAC-SHA-256 of a text in several parts.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

/// A digest that is being computed.
#[derive(Clone, Default)]
pub struct Digest(Sha256);

impl Digest {
    pub fn update(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.update(bytes);
    }

    /// The digest of everything that was added.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// HMAC-SHA-256 of the concatenated parts.
pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Hashes the parts with their lengths, so that different lists of parts never have the same digest.
pub fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut whole = Vec::new();
    for part in parts {
        whole.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        whole.extend_from_slice(part);
    }
    whole
}
