//! Values, encrypted in a store; no other code reads or writes them. A value goes in as text and comes out as a [`SecretValue`]; in
//! between, it is encrypted for one environment, under one name and version, so that moving, swapping or rolling back a row of the store is
//! detected.

mod access;
mod admin;
mod audit;
mod change;
mod entry;
mod environment_cache;
mod environment_info;
mod error;
mod ledger;
mod manifest;
mod opening;
mod people;
mod rekey;
mod retry;
mod state;
pub mod store;
mod unit_of_work;
mod vault;
mod verify;

pub use access::{Access, AccessResponse, Action, Caller, IdempotencyKey};
pub use admin::AdminRow;
pub use audit::AuditVerified;
pub use entry::{Changed, Entry, Update};
pub use environment_cache::EnvironmentCache;
pub use environment_info::EnvironmentInfo;
pub use error::{Result, SecretsError};
pub use ledger::{LedgerChange, LedgerRow};
pub use manifest::{KeptManifest, manifest_tag};
pub use opening::{Opening, open_vault};
pub use rekey::{Renewed, rekey};
pub use takk_crypto::{
    CryptoError, FoundKey, KeyPlaces, KeySetting, KeySource, Keyring, MasterKey, NewTokenText, PasswordHashing, Random,
    SealedFiles, SecretValue, SystemKeyring, SystemRandom, device_code, find_key, new_invitation, new_state, new_token,
    request_digest, token_hash,
};
pub use unit_of_work::UnitOfWork;
pub use vault::{Clock, Vault};
pub use verify::Verified;
