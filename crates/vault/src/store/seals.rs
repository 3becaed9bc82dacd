//! The seals of the rows of people, and the data needed to create them. The store does not create seals.

use super::Result;
use super::people::{DeviceLoginRow, SessionRow, TokenRow};
use super::sign_ins::{InvitationRow, SignInRow, TrustRow};

/// What authenticates the rows of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealRow {
    /// Whose rows; empty for the one over all others.
    pub scope: String,
    /// How often they were changed.
    pub revision: i64,
    pub seal: Vec<u8>,
}

/// Where hashes are kept that let somebody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashed {
    Tokens,
    Sessions,
    Invitations,
}

/// What a store offers to whoever seals the rows of people. The same in a transaction and outside of one.
pub trait Seals {
    /// The seal over all others.
    fn root(&mut self) -> Result<Option<SealRow>>;

    /// The same in a transaction: nobody else gets it by this until its end.
    fn lock_root(&mut self) -> Result<Option<SealRow>>;

    /// All seals but the one over them, by scope.
    fn seals(&mut self) -> Result<Vec<SealRow>>;

    /// Keeps a seal in the place of the one before.
    fn set_seal(&mut self, row: &SealRow) -> Result<()>;

    /// Removes the seal of a scope.
    fn remove_seal(&mut self, scope: &str) -> Result<()>;

    fn token_numbered(&mut self, id: i64) -> Result<Option<TokenRow>>;

    fn invitation_numbered(&mut self, id: i64) -> Result<Option<InvitationRow>>;

    /// The sessions of a user.
    fn sessions(&mut self, user: i64) -> Result<Vec<SessionRow>>;

    /// The sessions whose time is over.
    fn expired_sessions(&mut self, at: i64) -> Result<Vec<SessionRow>>;

    /// The invitations to no project that are for a user, or by one for nobody in particular.
    fn invitations_for(&mut self, user: i64) -> Result<Vec<InvitationRow>>;

    /// The invitations that go with a user: for them, or made by them.
    fn invitations_with(&mut self, user: i64) -> Result<Vec<InvitationRow>>;

    /// The invitations whose time is over.
    fn expired_invitations(&mut self, at: i64) -> Result<Vec<InvitationRow>>;

    /// The programs that are this user.
    fn trusts_of(&mut self, user: i64) -> Result<Vec<TrustRow>>;

    fn device_logins(&mut self) -> Result<Vec<DeviceLoginRow>>;

    /// All browsers that are away.
    fn sign_ins(&mut self) -> Result<Vec<SignInRow>>;

    /// Keeps another hash in the place of one.
    fn rehash(&mut self, table: Hashed, old: &[u8], new: &[u8]) -> Result<()>;
}
