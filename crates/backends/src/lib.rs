//! Where secret paths are read at run time.
//!
//! A program or a command makes a [`Backend`], mostly by [`backend`] or [`backend_from_env`], and reads [`Key`]s through a [`Cache`]:
//!
//! ```text
//! let backend: Arc<dyn Backend> = backend_from_env(&process, &Trust::default())?;
//! let cache = Cache::new(backend);
//! let path = interpolate("/{stage}/db/password", |name| context.get(name))?;
//! let entry = cache.entry(&Key::pinned(path, Some("3")));         // kept by a field, so that no read looks it up
//! let ttl = Ttl::from_seconds(Some(60.0))?;
//! let read = match entry.fresh(ttl) {                             // the cached read: no lock, some 50 ns
//!     Some(cached) => Read { cached, stale: None },
//!     None => cache.read_entry(&entry, ttl, ReadOptions { stale_on_error, deadline })?,   // blocks: release the GIL
//! };
//! read.cached.fetched.text.expose();                              // convert it again when `read.cached.serial` changes
//! ```
//!
//! Everything blocks, respects its [`Deadline`], and may be called from several threads. A forked child calls [`after_fork`] first.
//! Nothing here reads the environment or the clock of the process by itself: [`Process`] is given. No error has a value in it.

pub mod aws;
mod backend;
mod cache;
mod casts;
mod chain;
mod config;
mod connection;
mod deadline;
mod dotenv;
mod env;
mod error;
mod fork;
mod generation;
mod http;
mod interpolate;
mod interrupt;
mod key;
mod mock;
mod parallel;
mod process;
mod retrying;
mod ssm;
#[cfg(test)]
mod testing;
mod text;
mod ttl;
mod vault;

pub use backend::{Backend, Fetched, Proof};
pub use cache::{Cache, Cached, Entry, Listener, Read, ReadOptions, Source};
pub use casts::{cast_bool, check as check_cast};
pub use chain::Chain;
pub use config::{BackendConfig, BackendKind, BackendTable, SecretBackends, Trust, VaultAuth, backend, backend_from_env};
pub use deadline::Deadline;
pub use dotenv::Dotenv;
pub use env::Env;
pub use error::{Error, ErrorKind, Result};
pub use generation::after_fork;
pub use interpolate::{check_template, interpolate};
pub use interrupt::{Watch, watch_interrupts};
pub use key::Key;
pub use mock::Mock;
pub use process::Process;
pub use retrying::{Backoff, IsRetryable, OnRetry, RetryPolicy, Retrying};
pub use ssm::{Ssm, SsmSettings};
pub use text::SecretText;
pub use ttl::Ttl;
pub use vault::{Credential, KvVersion, SERVICE_ACCOUNT, TokenFactory, Vault, VaultLogin, VaultSettings};
