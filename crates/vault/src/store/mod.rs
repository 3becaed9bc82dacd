//! Rows: environments and the versions of their values, encrypted before they get here. A new version is a new row; rows are changed only
//! for the counters of their environment, and all at once under a new master key.

mod accounts;
mod audit;
mod error;
mod people;
mod postgres;
mod rows;
mod seals;
mod sign_ins;
mod sqlite;

pub use accounts::Accounts;
pub use audit::{AuditEntry, AuditFilter, AuditHead, AuditLog, AuditRow};
pub use error::{Cause, Result, StoreError};
pub use people::{AnswerRow, DeviceLoginRow, MemberRow, ProjectRow, SessionRow, TokenRow, UserRow};
pub use postgres::{Postgres, shown_address};
pub use rows::{Change, EnvironmentRow, ManifestRow, VersionRow};
pub use seals::{Hashed, SealRow, Seals};
pub use sign_ins::{IdentityRow, InvitationRow, SignInRow, SignIns, TrustRow};
pub use sqlite::{Candidate, Replaced, Sqlite};

/// Stores rows. Reads see only complete transactions, and commits are durable.
pub trait Store: Send {
    /// A fact about the store.
    fn fact(&self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Stores a fact unless it exists. Returns the stored value.
    fn keep_fact(&self, name: &str, value: &[u8]) -> Result<Vec<u8>>;

    /// Sets a fact, replacing any previous value.
    fn set_fact(&self, name: &str, value: &[u8]) -> Result<()>;

    /// Removes a fact. Returns whether it existed.
    fn remove_fact(&self, name: &str) -> Result<bool>;

    /// The version of the schema.
    fn schema(&self) -> Result<i64>;

    /// Its size on disk in bytes.
    fn size(&self) -> Result<u64>;

    /// The environment of that name.
    fn environment(&self, project: &str, name: &str) -> Result<Option<EnvironmentRow>>;

    /// The environments of a project, sorted by name.
    fn environments(&self, project: &str) -> Result<Vec<EnvironmentRow>>;

    /// The environments of all projects, sorted by project and name.
    fn all_environments(&self) -> Result<Vec<EnvironmentRow>>;

    /// The number of values in an environment, without verifying them.
    fn count(&self, environment: i64) -> Result<usize>;

    /// An environment with the current version of every name, in a consistent snapshot.
    fn current(&mut self, project: &str, name: &str) -> Result<Option<Current>>;

    /// All versions of a name, newest first.
    fn history(&self, environment: i64, name: &str) -> Result<Vec<VersionRow>>;

    /// The manifest of an environment, if one was stored.
    fn manifest(&self, environment: i64) -> Result<Option<ManifestRow>>;

    /// The defects that the database itself finds; empty if there are none.
    fn defects(&self) -> Result<Vec<String>>;

    /// Overwrites deleted data, as far as the database supports it.
    fn write_back(&self) -> Result<()>;

    fn accounts(&mut self) -> Result<Box<dyn Accounts + '_>>;

    fn audit(&mut self) -> Result<Box<dyn AuditLog + '_>>;

    /// Begins a transaction, which is rolled back unless committed. `durability` says what a commit waits for.
    fn begin(&mut self, durability: Durability) -> Result<Box<dyn Transaction + '_>>;

    /// Begins a transaction that changes rows of people. Until its end, nobody else can change them, or base decisions on them in another
    /// transaction.
    fn begin_people(&mut self) -> Result<Box<dyn Transaction + '_>>;

    /// Blocks others from writing values until the result is dropped, for operations that change all of them.
    fn lock(&mut self) -> Result<Box<dyn Transaction + '_>>;
}

/// What a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The disk: it survives a power failure.
    Synced,
    /// The database: it survives the end of this process, and reaches the disk shortly after, in the order of the commits.
    Deferred,
}

/// An environment with the current version of every name, sorted by name.
pub type Current = (EnvironmentRow, Vec<VersionRow>);

/// A database transaction.
pub trait Transaction {
    /// A fact about the store.
    fn fact(&mut self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Sets a fact, replacing any previous value.
    fn set_fact(&mut self, name: &str, value: &[u8]) -> Result<()>;

    /// The environments of all projects, sorted by project and name.
    fn environments(&mut self) -> Result<Vec<EnvironmentRow>>;

    /// The environment of that name.
    fn environment(&mut self, project: &str, name: &str) -> Result<Option<EnvironmentRow>>;

    /// The environment of that name, locked until the end of the transaction.
    fn lock_environment(&mut self, project: &str, name: &str) -> Result<Option<EnvironmentRow>>;

    /// An environment with the current version of every name, in a consistent snapshot.
    fn current(&mut self, project: &str, name: &str) -> Result<Option<Current>>;

    /// Single versions, in any order; missing ones are left out.
    fn kept(&mut self, environment: i64, versions: &[(&str, i64)]) -> Result<Vec<VersionRow>>;

    /// All versions of a name, newest first.
    fn history(&mut self, environment: i64, name: &str) -> Result<Vec<VersionRow>>;

    /// All versions of all names in an environment, sorted by name and version.
    fn versions(&mut self, environment: i64) -> Result<Vec<VersionRow>>;

    /// Adds an environment with its first values, and returns its ID; the store assigns `id` and `revision`. [`StoreError::Exists`] if the
    /// name is taken.
    fn add_environment(&mut self, row: &EnvironmentRow, versions: &[VersionRow]) -> Result<i64>;

    /// Writes a change. [`StoreError::Conflict`] if the environment has another revision.
    fn write(&mut self, change: &Change) -> Result<()>;

    /// The manifest of an environment, if one was stored.
    fn manifest(&mut self, environment: i64) -> Result<Option<ManifestRow>>;

    /// Stores a manifest, replacing the previous one.
    fn set_manifest(&mut self, row: &ManifestRow) -> Result<()>;

    /// Removes an environment with all its values, its key first.
    fn remove_environment(&mut self, id: i64) -> Result<()>;

    /// Replaces the fingerprint of a version.
    fn set_fingerprint(&mut self, environment: i64, row: &VersionRow) -> Result<()>;

    /// Writes key, revision and seal of an environment.
    fn rewrite(&mut self, row: &EnvironmentRow) -> Result<()>;

    fn accounts(&mut self) -> Box<dyn Accounts + '_>;

    fn audit(&mut self) -> Box<dyn AuditLog + '_>;

    /// Commits all changes.
    fn commit(self: Box<Self>) -> Result<()>;
}
