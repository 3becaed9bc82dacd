//! The seals of the rows of people, and the data needed to create them. The store does not create seals.

use super::Result;
use super::people::{DeviceLoginRow, SessionRow, TokenRow};
use super::sign_ins::{InvitationRow, SignInRow, TrustRow};

/// The code that authenticates the rows of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealRow {
    /// The scope; empty for the root seal.
    pub scope: String,
    /// The number of changes.
    pub revision: i64,
    pub seal: Vec<u8>,
}

/// The tables with hashes of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashed {
    Tokens,
    Sessions,
    Invitations,
}

/// What a store provides for sealing the rows of people, within a transaction or without.
pub trait Seals {
    /// The root seal, which covers all others.
    fn root(&mut self) -> Result<Option<SealRow>>;

    /// The same, locked until the end of the transaction.
    fn lock_root(&mut self) -> Result<Option<SealRow>>;

    /// All seals except the root, by scope.
    fn seals(&mut self) -> Result<Vec<SealRow>>;

    /// Stores a seal, replacing the previous one.
    fn set_seal(&mut self, row: &SealRow) -> Result<()>;

    /// Removes the seal of a scope.
    fn remove_seal(&mut self, scope: &str) -> Result<()>;

    fn token_numbered(&mut self, id: i64) -> Result<Option<TokenRow>>;

    fn invitation_numbered(&mut self, id: i64) -> Result<Option<InvitationRow>>;

    /// The sessions of a user.
    fn sessions(&mut self, user: i64) -> Result<Vec<SessionRow>>;

    /// The expired sessions.
    fn expired_sessions(&mut self, at: i64) -> Result<Vec<SessionRow>>;

    /// The invitations without a project that are for this user, or that this user made for nobody in particular.
    fn invitations_for(&mut self, user: i64) -> Result<Vec<InvitationRow>>;

    /// The invitations that are deleted with a user: for them, or made by them.
    fn invitations_with(&mut self, user: i64) -> Result<Vec<InvitationRow>>;

    /// The expired invitations.
    fn expired_invitations(&mut self, at: i64) -> Result<Vec<InvitationRow>>;

    /// The trusts that belong to this user.
    fn trusts_of(&mut self, user: i64) -> Result<Vec<TrustRow>>;

    fn device_logins(&mut self) -> Result<Vec<DeviceLoginRow>>;

    /// All pending sign-ins.
    fn sign_ins(&mut self) -> Result<Vec<SignInRow>>;

    /// Replaces a hash.
    fn rehash(&mut self, table: Hashed, old: &[u8], new: &[u8]) -> Result<()>;
}
