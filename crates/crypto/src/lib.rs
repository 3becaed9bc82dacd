//! Encryption, and where its keys come from. No other crate uses a cipher.
//!
//! [`find_key`] finds a [`MasterKey`] in the environment, a file or the keyring; it wraps the [`DataKey`] of each environment. [`seal`] and
//! [`open`] encrypt one text for one purpose. Keys are masked in memory.

mod digest;
mod error;
mod guarded;
mod key_source;
mod keyring;
mod keys;
mod password;
mod seal;
mod sealed_files;
mod token;
mod value;

pub use digest::{Digest, framed, mac};
pub use error::{CryptoError, Result};
pub use guarded::LENGTH;
pub use key_source::{FoundKey, KeyPlaces, KeySetting, KeySource, Keyring, find_key, master_key, read_file, write_new};
pub use keyring::SystemKeyring;
pub use keys::{Binding, DataKey, MasterKey, derived};
pub use password::PasswordHashing;
pub use seal::{Key, open, open_with, seal};
pub use sealed_files::SealedFiles;
pub use token::{NewTokenText, device_code, new_invitation, new_state, new_token, request_digest, token_hash};
pub use value::SecretValue;

/// The source of random bytes.
pub trait Random: Send {
    fn fill(&self, buffer: &mut [u8]) -> Result<()>;
}

/// The generator of the operating system.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        getrandom::fill(buffer).map_err(|error| CryptoError::Random(error.to_string()))
    }
}
