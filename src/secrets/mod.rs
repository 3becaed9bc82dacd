//! The only door to values. A value goes in as text and comes out as a [`SecretValue`]; what lies between is encrypted for one
//! environment, under one name and version, so that no row of the store can be moved, swapped or taken back unnoticed.

mod access;
mod aside;
mod audit;
mod change;
mod entry;
mod error;
mod guarded;
mod key_source;
mod keyring;
mod keys;
mod manifest;
mod opening;
mod password;
mod people;
mod recent;
mod rekey;
mod seal;
mod seen;
mod state;
mod token;
mod unit_of_work;
mod value;
mod vault;
mod verify;

pub use access::{Access, Action, Admission, Caller, Given, Once};
pub use aside::Aside;
pub use audit::AuditVerified;
pub use entry::{Entry, Update};
pub use error::{Result, SecretsError};
pub use key_source::{FoundKey, KeyPlaces, KeySource, Keyring, find_key};
pub use keyring::SystemKeyring;
pub use keys::MasterKey;
pub use manifest::{KeptManifest, manifest_tag};
pub use opening::{Opening, open_vault};
pub use password::PasswordHashing;
pub use recent::Recent;
pub use rekey::{Renewed, rekey};
pub use seen::Seen;
pub use token::{NewTokenText, device_code, new_invitation, new_state, new_token, request_digest, token_hash};
pub use value::SecretValue;
pub use vault::{Clock, Vault};
pub use verify::Verified;

/// Where random bytes come from.
pub trait Random: Send {
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
