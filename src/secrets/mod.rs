//! The only door to values. A value goes in as text and comes out as a [`SecretValue`]; what lies between is encrypted for one
//! environment, under one name and version, so that no row of the store can be moved, swapped or taken back unnoticed.

mod aside;
mod error;
mod key_source;
mod keyring;
mod keys;
mod opening;
mod rekey;
mod seal;
mod value;
mod vault;

pub use aside::Aside;
pub use error::{Result, SecretsError};
pub use key_source::{FoundKey, KeyPlaces, KeySource, Keyring, find_key};
pub use keyring::SystemKeyring;
pub use keys::MasterKey;
pub use opening::{Opening, open_vault};
pub use rekey::{Renewed, rekey};
pub use value::SecretValue;
pub use vault::{Entry, Origin, Update, Vault, Verified};

/// Where random bytes come from.
pub trait Random {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]) -> Result<()>;
}

/// The generator of the operating system.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        getrandom::fill(buffer).map_err(|error| SecretsError::Random(error.to_string()))
    }
}
