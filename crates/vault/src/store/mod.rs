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

/// A place for rows. What it gives was written as a whole, and what it acknowledged stays.
pub trait Store: Send {
    /// A fact about the store.
    fn fact(&self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Keeps a fact, unless it is there already. Gives the one that is kept.
    fn keep_fact(&self, name: &str, value: &[u8]) -> Result<Vec<u8>>;

    /// Sets a fact, whatever it was.
    fn set_fact(&self, name: &str, value: &[u8]) -> Result<()>;

    /// Removes a fact. Whether there was one.
    fn remove_fact(&self, name: &str) -> Result<bool>;

    /// The version of the schema.
    fn schema(&self) -> Result<i64>;

    /// How many bytes it has on the disk.
    fn size(&self) -> Result<u64>;

    /// The environment of that name.
    fn environment(&self, project: &str, name: &str) -> Result<Option<EnvironmentRow>>;

    /// The environments of a project, by name.
    fn environments(&self, project: &str) -> Result<Vec<EnvironmentRow>>;

    /// The environments of all projects, by project and name.
    fn all_environments(&self) -> Result<Vec<EnvironmentRow>>;

    /// How many values an environment has, without a look at what authenticates them.
    fn count(&self, environment: i64) -> Result<usize>;

    /// An environment together with the current version of every name in it, as they were at one moment.
    fn current(&mut self, project: &str, name: &str) -> Result<Option<Current>>;

    /// All versions of a name, the newest first.
    fn history(&self, environment: i64, name: &str) -> Result<Vec<VersionRow>>;

    /// What the code says that an environment needs, if somebody stored it.
    fn manifest(&self, environment: i64) -> Result<Option<ManifestRow>>;

    /// What the database itself finds wrong; empty if nothing.
    fn defects(&self) -> Result<Vec<String>>;

    /// Overwrites what was deleted, as far as the database can be told to.
    fn write_back(&self) -> Result<()>;

    fn accounts(&mut self) -> Result<Box<dyn Accounts + '_>>;

    fn audit(&mut self) -> Result<Box<dyn AuditLog + '_>>;

    /// Begins to change something: what is not committed is undone. `durability` says what a commit waits for.
    fn begin(&mut self, durability: Durability) -> Result<Box<dyn Transaction + '_>>;

    /// Begins to change rows of people. Until the end nobody else changes any, and nobody decides by them in another transaction.
    fn begin_people(&mut self) -> Result<Box<dyn Transaction + '_>>;

    /// Keeps everybody else from writing values until what is returned is dropped: for what changes all of them at once.
    fn lock(&mut self) -> Result<Box<dyn Transaction + '_>>;
}

/// What a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The disk: it outlives a machine that loses its power.
    Synced,
    /// The database: it outlives the end of this process, and is on the disk a moment later, in the order of the commits.
    Deferred,
}

/// An environment with the current version of every name in it, by name.
pub type Current = (EnvironmentRow, Vec<VersionRow>);

/// Changes that are made together or not at all.
pub trait Transaction {
    /// A fact about the store.
    fn fact(&mut self, name: &str) -> Result<Option<Vec<u8>>>;

    /// Sets a fact, whatever it was.
    fn set_fact(&mut self, name: &str, value: &[u8]) -> Result<()>;

    /// The environments of all projects, by project and name.
    fn environments(&mut self) -> Result<Vec<EnvironmentRow>>;

    /// The environment of that name.
    fn environment(&mut self, project: &str, name: &str) -> Result<Option<EnvironmentRow>>;

    /// The environment of that name, which nobody else changes until the end.
    fn lock_environment(&mut self, project: &str, name: &str) -> Result<Option<EnvironmentRow>>;

    /// An environment together with the current version of every name in it, as they were at one moment.
    fn current(&mut self, project: &str, name: &str) -> Result<Option<Current>>;

    /// Single versions, in any order; those that are not there are left out.
    fn kept(&mut self, environment: i64, versions: &[(&str, i64)]) -> Result<Vec<VersionRow>>;

    /// All versions of a name, the newest first.
    fn history(&mut self, environment: i64, name: &str) -> Result<Vec<VersionRow>>;

    /// All versions of all names in an environment, by name and version.
    fn versions(&mut self, environment: i64) -> Result<Vec<VersionRow>>;

    /// Adds an environment with its first values, and gives its number; `id` and `revision` are the store's to give.
    /// [`StoreError::Exists`] if there is one of that name.
    fn add_environment(&mut self, row: &EnvironmentRow, versions: &[VersionRow]) -> Result<i64>;

    /// Writes what changed. [`StoreError::Conflict`] if the environment has another revision by now.
    fn write(&mut self, change: &Change) -> Result<()>;

    /// What the code says that an environment needs, if somebody stored it.
    fn manifest(&mut self, environment: i64) -> Result<Option<ManifestRow>>;

    /// Keeps that in the place of what was kept before.
    fn set_manifest(&mut self, row: &ManifestRow) -> Result<()>;

    /// Removes an environment with all its values, its key first.
    fn remove_environment(&mut self, id: i64) -> Result<()>;

    /// Gives a version another fingerprint.
    fn set_fingerprint(&mut self, environment: i64, row: &VersionRow) -> Result<()>;

    /// Writes key, revision and seal of an environment.
    fn rewrite(&mut self, row: &EnvironmentRow) -> Result<()>;

    fn accounts(&mut self) -> Box<dyn Accounts + '_>;

    fn audit(&mut self) -> Box<dyn AuditLog + '_>;

    /// Makes all changes at once.
    fn commit(self: Box<Self>) -> Result<()>;
}
