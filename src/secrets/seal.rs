//! Authenticated encryption: XChaCha20-Poly1305 with a random nonce of 24 bytes, which needs no counter to be unique.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::{Random, Result, SecretsError};

const NONCE: usize = 24;

/// A key for one use.
pub(super) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

/// Encrypts; `about` is what the result is bound to. Gives nonce and ciphertext.
pub(super) fn seal(key: &Key, about: &[u8], plain: &[u8], random: &dyn Random) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce)?;
    let cipher = XChaCha20Poly1305::new_from_slice(key.bytes()).expect("the key has 32 bytes");
    let payload = Payload { msg: plain, aad: about };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SecretsError::NotKept("a value".to_owned()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Decrypts what [`seal`] gave; `None` if a bit of it, of the key or of `about` is another one.
pub(super) fn open(key: &Key, about: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    let cipher = XChaCha20Poly1305::new_from_slice(key.bytes()).ok()?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: about }).ok().map(Zeroizing::new)
}
