//! The sign-in state: invitations, identities at providers, browsers that are signing in there, and CI job trusts.

use std::collections::BTreeMap;

use super::Result;
use super::accounts::unknown;
use super::people::UserRow;
use takk_model::Role;

/// An invitation, of which only a hash is stored. It is removed when it is used or revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// Its ID, assigned by the store.
    pub id: i64,
    /// SHA-256 of its secret.
    pub hash: Vec<u8>,
    /// The project; `None` if it only sets a password.
    pub project: Option<String>,
    pub role: Role,
    /// The user whose password it sets; `None` for anyone.
    pub user: Option<i64>,
    /// The name of the invited person, as the inviter wrote it.
    pub label: String,
    pub inviter: i64,
    /// The token with which it was created; `None` if there was none.
    pub made_with: Option<i64>,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it expires.
    pub expires_at: i64,
}

/// A user's identity at an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    pub issuer: String,
    /// The issuer's permanent identifier of the user.
    pub subject: String,
    pub user: i64,
    /// When it was linked, in milliseconds since 1970.
    pub created_at: i64,
}

/// A pending sign-in: a browser that was sent to an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRow {
    /// SHA-256 of the state that the issuer returns.
    pub state_hash: Vec<u8>,
    /// SHA-256 of its cookie.
    pub browser_hash: Vec<u8>,
    /// The page to show after the sign-in.
    pub next: String,
    /// The hash of the invitation to accept.
    pub invitation: Option<Vec<u8>>,
    /// The user who is already signed in and links an identity.
    pub user: Option<i64>,
    /// When it expires, in milliseconds since 1970.
    pub expires_at: i64,
}

/// A trust for programs that an issuer vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustRow {
    /// Its ID, assigned by the store.
    pub id: i64,
    /// The project that they may access.
    pub project: String,
    /// Their user.
    pub user: i64,
    pub issuer: String,
    /// The required values of claims.
    pub claims: BTreeMap<String, String>,
    /// Their maximum role.
    pub role: Role,
    /// The environments that they are limited to; empty for all.
    pub environments: Vec<String>,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// The user who created it; `None` if not known.
    pub made_by: Option<i64>,
    /// The token with which it was created; `None` if there was none.
    pub made_with: Option<i64>,
}

/// What a store provides for signing in, within a transaction or without.
pub trait SignIns {
    /// Renames a user. [`StoreError::Exists`](super::StoreError::Exists) if the name is taken. Returns whether the user exists.
    fn rename_user(&mut self, id: i64, name: &str) -> Result<bool>;

    /// The users with an e-mail address, ignoring case.
    fn users_with_email(&mut self, email: &str) -> Result<Vec<UserRow>>;

    /// Adds an invitation and returns its ID.
    fn add_invitation(&mut self, row: &InvitationRow) -> Result<i64>;

    /// The invitation with that hash, even if expired.
    fn invitation(&mut self, hash: &[u8]) -> Result<Option<InvitationRow>>;

    /// The invitations to a project, sorted by ID.
    fn invitations(&mut self, project: &str) -> Result<Vec<InvitationRow>>;

    /// Removes an invitation. Returns whether it existed: if two people use it at the same time, one succeeds.
    fn remove_invitation(&mut self, id: i64) -> Result<bool>;

    /// Removes expired invitations. Returns their number.
    fn forget_invitations(&mut self, expired_at: i64) -> Result<usize>;

    /// Adds a user's identity. [`StoreError::Exists`](super::StoreError::Exists) if it is linked already.
    fn add_identity(&mut self, row: &IdentityRow) -> Result<()>;

    fn identified(&mut self, issuer: &str, subject: &str) -> Result<Option<UserRow>>;

    /// A user's identities.
    fn identities(&mut self, user: i64) -> Result<Vec<IdentityRow>>;

    /// Adds a pending sign-in.
    fn add_sign_in(&mut self, row: &SignInRow) -> Result<()>;

    /// The number of pending sign-ins, counted up to a maximum.
    fn count_sign_ins(&mut self, most: usize) -> Result<usize>;

    /// Removes and returns the pending sign-in with that state hash: it can be completed only once.
    fn take_sign_in(&mut self, state_hash: &[u8]) -> Result<Option<SignInRow>>;

    /// Removes expired sign-ins. Returns their number.
    fn forget_sign_ins(&mut self, expired_at: i64) -> Result<usize>;

    /// Adds a trust and returns its ID.
    fn add_trust(&mut self, row: &TrustRow) -> Result<i64>;

    /// The trusts of a project, sorted by ID.
    fn trusts(&mut self, project: &str) -> Result<Vec<TrustRow>>;

    /// The trusts for an issuer, sorted by ID.
    fn trusts_in(&mut self, issuer: &str) -> Result<Vec<TrustRow>>;

    /// Removes the expired tokens of a user, except the newest token of all, so that no ID is reused. Returns their number.
    fn forget_tokens(&mut self, user: i64, expired_at: i64) -> Result<usize>;
}

pub(super) fn written_claims(claims: &BTreeMap<String, String>) -> String {
    serde_json::to_string(claims).expect("texts are JSON")
}

/// Parses claims from such a text.
pub(super) fn claims(text: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(text).map_err(|_| unknown("trusts", text))
}
