//! What a store provides for people, in a transaction and outside of one.

use super::people::{AnswerRow, DeviceLoginRow, MemberRow, ProjectRow, SessionRow, TokenRow, UserRow};
use super::seals::Seals;
use super::sign_ins::SignIns;
use super::{Result, StoreError};
use takk_model::Role;

/// Users, projects and their members, tokens, and what requests leave behind.
pub trait Accounts: SignIns + Seals {
    /// Adds a user, and gives its number. [`StoreError::Exists`] if there is one of that name.
    fn add_user(&mut self, row: &UserRow) -> Result<i64>;

    fn user(&mut self, id: i64) -> Result<Option<UserRow>>;

    fn user_named(&mut self, name: &str) -> Result<Option<UserRow>>;

    fn users(&mut self) -> Result<Vec<UserRow>>;

    /// Sets what verifies a user's password; `None` for a user who has none. Whether there is such a user.
    fn set_password(&mut self, id: i64, password: Option<&str>) -> Result<bool>;

    /// Removes a user with its memberships and tokens. Whether there was one.
    fn remove_user(&mut self, id: i64) -> Result<bool>;

    /// Adds a project. Whether it is new.
    fn add_project(&mut self, row: &ProjectRow) -> Result<bool>;

    fn project(&mut self, name: &str) -> Result<Option<ProjectRow>>;

    /// Projects by name, from the one after `after` on: those that a user is a member of, or all.
    fn projects(&mut self, user: Option<i64>, after: Option<&str>, limit: usize) -> Result<Vec<ProjectRow>>;

    /// Sets which environments were named production, and which otherwise. Whether there is such a project.
    fn set_production(&mut self, project: &str, production: &[String], not_production: &[String]) -> Result<bool>;

    /// The members of a project, by name.
    fn members(&mut self, project: &str) -> Result<Vec<MemberRow>>;

    /// A project and what a user may do there; `None` if there is none, or they may do nothing.
    fn standing(&mut self, user: i64, project: &str) -> Result<Option<(ProjectRow, Role)>>;

    /// What a user may do in a project.
    fn role(&mut self, user: i64, project: &str) -> Result<Option<Role>>;

    /// Gives a user a role in a project, whatever it had there. The project must be there.
    fn set_member(&mut self, user: i64, project: &str, role: Role) -> Result<()>;

    /// Takes a user's role in a project away. Whether it had one.
    fn remove_member(&mut self, user: i64, project: &str) -> Result<bool>;

    /// Adds a token, and gives its number.
    fn add_token(&mut self, row: &TokenRow) -> Result<i64>;

    /// The token with that hash, revoked or not, and its owner.
    fn token(&mut self, hash: &[u8]) -> Result<Option<(TokenRow, UserRow)>>;

    /// The tokens of a user, or all, by number.
    fn tokens(&mut self, user: Option<i64>) -> Result<Vec<TokenRow>>;

    /// Revokes a token. Whether there was one that was not revoked.
    fn revoke_token(&mut self, id: i64, at: i64) -> Result<bool>;

    /// Notes that a token was used.
    fn use_token(&mut self, id: i64, at: i64) -> Result<()>;

    /// The answer that a request got already.
    fn answer(&mut self, caller: i64, key: &str) -> Result<Option<AnswerRow>>;

    /// Keeps an answer. [`StoreError::Exists`] if there is one; a request that is being answered right now is waited for.
    fn keep_answer(&mut self, row: &AnswerRow) -> Result<()>;

    /// Forgets answers that were given before a moment. Gives how many.
    fn forget_answers(&mut self, before: i64) -> Result<usize>;

    /// Adds a program that waits. [`StoreError::Exists`] if its code is taken.
    fn add_device_login(&mut self, row: &DeviceLoginRow) -> Result<()>;

    /// How many programs wait, counted up to a number.
    fn count_device_logins(&mut self, most: usize) -> Result<usize>;

    /// The program that waits with that code.
    fn device_login(&mut self, code: &str) -> Result<Option<DeviceLoginRow>>;

    /// The program that polls with that hash.
    fn polling(&mut self, poll_hash: &[u8]) -> Result<Option<DeviceLoginRow>>;

    /// Lets a program in that nobody let in yet; with a token, it may do no more than that. Whether there is one.
    fn let_in(&mut self, code: &str, user: i64, token: Option<i64>) -> Result<bool>;

    /// Removes a program that waits. Whether it was there: of two who poll at once, one gets the token.
    fn remove_device_login(&mut self, code: &str) -> Result<bool>;

    /// Removes programs whose time is over. Gives how many.
    fn forget_device_logins(&mut self, expired_at: i64) -> Result<usize>;

    fn add_session(&mut self, row: &SessionRow) -> Result<()>;

    /// The session with that hash, and whose it is; whether its time is over or not.
    fn session(&mut self, hash: &[u8]) -> Result<Option<(SessionRow, UserRow)>>;

    /// Ends a session. Whether it was there.
    fn remove_session(&mut self, hash: &[u8]) -> Result<bool>;

    /// Ends the sessions of a user, but for the one with that hash. Gives how many.
    fn remove_sessions(&mut self, user: i64, except: &[u8]) -> Result<usize>;

    /// Removes sessions whose time is over. Gives how many.
    fn forget_sessions(&mut self, expired_at: i64) -> Result<usize>;
}

/// A row that says something that this takk does not know.
pub(super) fn unknown(table: &'static str, word: &str) -> StoreError {
    StoreError::Unknown { table, word: word.to_owned() }
}
