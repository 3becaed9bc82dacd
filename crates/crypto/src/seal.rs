//! Authenticated encryption: XChaCha20-Poly1305 with a random nonce of 24 bytes, which needs no counter to be unique.

use std::convert::Infallible;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::guarded::{Guarded, LENGTH};
use crate::{CryptoError, Random, Result};

const NONCE: usize = 24;

/// A key for one purpose.
#[derive(Clone)]
pub struct Key(Guarded);

impl Key {
    pub fn generate(random: &dyn Random) -> Result<Self> {
        Guarded::filled(|key| random.fill(key)).map(Self)
    }

    /// From its bytes, if the length is right.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let copy = |key: &mut [u8; LENGTH]| <&[u8; LENGTH]>::try_from(bytes).map(|bytes| *key = *bytes);
        Guarded::filled(copy).ok().map(Self)
    }

    /// Runs `make` to create it.
    pub fn made(make: impl FnOnce() -> [u8; LENGTH]) -> Self {
        let fill = |key: &mut [u8; LENGTH]| {
            *key = make();
            Ok::<(), Infallible>(())
        };
        let Ok(key) = Guarded::filled(fill);
        Self(key)
    }

    pub fn with<T>(&self, work: impl FnOnce(&[u8; LENGTH]) -> T) -> T {
        self.0.with(work)
    }
}

/// Encrypts; `about` is the associated data. Returns nonce and ciphertext.
pub fn seal(key: &Key, about: &[u8], plain: &[u8], random: &dyn Random) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce)?;
    let payload = Payload { msg: plain, aad: about };
    let sealed = key.with(|key| XChaCha20Poly1305::new(key.into()).encrypt(&XNonce::from(nonce), payload));
    let sealed = sealed.map_err(|_| CryptoError::TooLong)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Decrypts the output of [`seal`]; `None` if a single bit of it, of the key or of `about` differs.
pub fn open(key: &Key, about: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    key.with(|key| open_with(key, about, sealed))
}

/// The same with a borrowed key that is used more than once.
pub fn open_with(key: &[u8; LENGTH], about: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let payload = Payload { msg: sealed, aad: about };
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), payload).ok().map(Zeroizing::new)
}
