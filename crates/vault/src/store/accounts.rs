//! What a store provides for people, in a transaction and outside of one.

use super::people::{AnswerRow, DeviceLoginRow, MemberRow, ProjectRow, SessionRow, TokenRow, UserRow};
use super::seals::Seals;
use super::sign_ins::SignIns;
use super::{Result, StoreError};
use takk_model::Role;

/// Users, projects with their members, tokens, and responses kept for retries.
pub trait Accounts: SignIns + Seals {
    /// Adds a user and returns its ID. [`StoreError::Exists`] if the name is taken.
    fn add_user(&mut self, row: &UserRow) -> Result<i64>;

    fn user(&mut self, id: i64) -> Result<Option<UserRow>>;

    fn user_named(&mut self, name: &str) -> Result<Option<UserRow>>;

    fn users(&mut self) -> Result<Vec<UserRow>>;

    /// Sets a user's password verifier; `None` for no password. Returns whether the user exists.
    fn set_password(&mut self, id: i64, password: Option<&str>) -> Result<bool>;

    /// Removes a user with its memberships and tokens. Returns whether it existed.
    fn remove_user(&mut self, id: i64) -> Result<bool>;

    /// Adds a project. Returns whether it is new.
    fn add_project(&mut self, row: &ProjectRow) -> Result<bool>;

    fn project(&mut self, name: &str) -> Result<Option<ProjectRow>>;

    /// Projects sorted by name, starting after `after`: those of which a user is a member, or all.
    fn projects(&mut self, user: Option<i64>, after: Option<&str>, limit: usize) -> Result<Vec<ProjectRow>>;

    /// Sets which environments are declared as production and which are not. Returns whether the project exists.
    fn set_production(&mut self, project: &str, production: &[String], not_production: &[String]) -> Result<bool>;

    /// The members of a project, sorted by name.
    fn members(&mut self, project: &str) -> Result<Vec<MemberRow>>;

    /// A project and a user's role in it; `None` if it does not exist, or the user has no role.
    fn standing(&mut self, user: i64, project: &str) -> Result<Option<(ProjectRow, Role)>>;

    /// A user's role in a project.
    fn role(&mut self, user: i64, project: &str) -> Result<Option<Role>>;

    /// Sets a user's role in a project, which must exist.
    fn set_member(&mut self, user: i64, project: &str, role: Role) -> Result<()>;

    /// Removes a user's role in a project. Returns whether it had one.
    fn remove_member(&mut self, user: i64, project: &str) -> Result<bool>;

    /// Adds a token and returns its ID.
    fn add_token(&mut self, row: &TokenRow) -> Result<i64>;

    /// The token with that hash, even if revoked, and its owner.
    fn token(&mut self, hash: &[u8]) -> Result<Option<(TokenRow, UserRow)>>;

    /// The tokens of a user, or all, sorted by ID.
    fn tokens(&mut self, user: Option<i64>) -> Result<Vec<TokenRow>>;

    /// Revokes a token. Returns whether it existed and was not revoked before.
    fn revoke_token(&mut self, id: i64, at: i64) -> Result<bool>;

    /// Records the use of a token.
    fn use_token(&mut self, id: i64, at: i64) -> Result<()>;

    /// The response that a request got before.
    fn answer(&mut self, caller: i64, key: &str) -> Result<Option<AnswerRow>>;

    /// Stores a response. [`StoreError::Exists`] if there is one; waits for a transaction that is adding one.
    fn keep_answer(&mut self, row: &AnswerRow) -> Result<()>;

    /// Deletes responses from before a point in time. Returns their number.
    fn forget_answers(&mut self, before: i64) -> Result<usize>;

    /// Adds a device login. [`StoreError::Exists`] if its code is taken.
    fn add_device_login(&mut self, row: &DeviceLoginRow) -> Result<()>;

    /// The number of device logins, counted up to a maximum.
    fn count_device_logins(&mut self, most: usize) -> Result<usize>;

    /// The device login with that code.
    fn device_login(&mut self, code: &str) -> Result<Option<DeviceLoginRow>>;

    /// The device login with that hash for polling.
    fn polling(&mut self, poll_hash: &[u8]) -> Result<Option<DeviceLoginRow>>;

    /// Authorizes a device login that nobody has authorized yet. With `token`, it gets that token's bounds. Returns whether there is such a
    /// login.
    fn let_in(&mut self, code: &str, user: i64, token: Option<i64>) -> Result<bool>;

    /// Removes a device login. Returns whether it existed: if two processes poll at the same time, one gets the token.
    fn remove_device_login(&mut self, code: &str) -> Result<bool>;

    /// Removes expired device logins. Returns their number.
    fn forget_device_logins(&mut self, expired_at: i64) -> Result<usize>;

    fn add_session(&mut self, row: &SessionRow) -> Result<()>;

    /// The session with that hash, even if expired, and its user.
    fn session(&mut self, hash: &[u8]) -> Result<Option<(SessionRow, UserRow)>>;

    /// Ends a session. Returns whether it existed.
    fn remove_session(&mut self, hash: &[u8]) -> Result<bool>;

    /// Ends the sessions of a user except the one with that hash. Returns their number.
    fn remove_sessions(&mut self, user: i64, except: &[u8]) -> Result<usize>;

    /// Removes expired sessions. Returns their number.
    fn forget_sessions(&mut self, expired_at: i64) -> Result<usize>;
}

/// The error for a value that this version does not know.
pub(super) fn unknown(table: &'static str, word: &str) -> StoreError {
    StoreError::Unknown { table, word: word.to_owned() }
}
