//! The sign-in state: invitations, identities at providers, browsers that are signing in there, and CI job trusts.

use std::collections::BTreeMap;

use super::Result;
use super::accounts::unknown;
use super::people::UserRow;
use takk_model::Role;

/// An invitation, of which only a hash is kept. One that was used or taken back is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// Its number in this store; the store's to give.
    pub id: i64,
    /// SHA-256 of its secret.
    pub hash: Vec<u8>,
    /// The project that it is to; `None` for one that only sets a password.
    pub project: Option<String>,
    pub role: Role,
    /// Whose password it sets; `None` for whoever comes.
    pub user: Option<i64>,
    /// Whom it is for, as whoever made it says.
    pub label: String,
    pub inviter: i64,
    /// With which token; `None` where it was none.
    pub made_with: Option<i64>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When its time is over.
    pub expires_at: i64,
}

/// Who a user is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    pub issuer: String,
    /// What the issuer calls them, for good.
    pub subject: String,
    pub user: i64,
    /// When that was found out, in milliseconds since 1970.
    pub created_at: i64,
}

/// A browser that is away to sign in elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRow {
    /// SHA-256 of what comes back with it.
    pub state_hash: Vec<u8>,
    /// SHA-256 of its cookie.
    pub browser_hash: Vec<u8>,
    /// The page that it goes on to.
    pub next: String,
    /// The hash of the invitation that it had.
    pub invitation: Option<Vec<u8>>,
    /// The user who is signed in already, and will be the one who comes back.
    pub user: Option<i64>,
    /// Until when it may come back, in milliseconds since 1970.
    pub expires_at: i64,
}

/// Programs that somebody else vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustRow {
    /// Its number in this store; the store's to give.
    pub id: i64,
    /// The project that they come into.
    pub project: String,
    /// The user that they are.
    pub user: i64,
    pub issuer: String,
    /// What each of these claims must be.
    pub claims: BTreeMap<String, String>,
    /// What they may do at most.
    pub role: Role,
    /// The environments that they may use; empty for all.
    pub environments: Vec<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// Who made it; `None` where that is not known.
    pub made_by: Option<i64>,
    /// With which token; `None` where it was none.
    pub made_with: Option<i64>,
}

/// What a store offers for those who come in. The same in a transaction and outside of one.
pub trait SignIns {
    /// Gives a user another name. [`StoreError::Exists`](super::StoreError::Exists) if it is taken. Whether there is such a user.
    fn rename_user(&mut self, id: i64, name: &str) -> Result<bool>;

    /// The users with an address, in whatever letters it is written.
    fn users_with_email(&mut self, email: &str) -> Result<Vec<UserRow>>;

    /// Adds an invitation, and gives its number.
    fn add_invitation(&mut self, row: &InvitationRow) -> Result<i64>;

    /// The invitation with that hash, whether its time is over or not.
    fn invitation(&mut self, hash: &[u8]) -> Result<Option<InvitationRow>>;

    /// The invitations to a project, by number.
    fn invitations(&mut self, project: &str) -> Result<Vec<InvitationRow>>;

    /// Removes an invitation. Whether it was there: of two who use it at once, one comes in.
    fn remove_invitation(&mut self, id: i64) -> Result<bool>;

    /// Removes invitations whose time is over. Gives how many.
    fn forget_invitations(&mut self, expired_at: i64) -> Result<usize>;

    /// Adds who a user is elsewhere. [`StoreError::Exists`](super::StoreError::Exists) if somebody is that already.
    fn add_identity(&mut self, row: &IdentityRow) -> Result<()>;

    fn identified(&mut self, issuer: &str, subject: &str) -> Result<Option<UserRow>>;

    /// Who a user is elsewhere.
    fn identities(&mut self, user: i64) -> Result<Vec<IdentityRow>>;

    /// Adds a browser that goes away.
    fn add_sign_in(&mut self, row: &SignInRow) -> Result<()>;

    /// How many browsers are away, counted up to a number.
    fn count_sign_ins(&mut self, most: usize) -> Result<usize>;

    /// Removes the browser that comes back with what has that hash, and gives it: it comes back once.
    fn take_sign_in(&mut self, state_hash: &[u8]) -> Result<Option<SignInRow>>;

    /// Removes browsers whose time is over. Gives how many.
    fn forget_sign_ins(&mut self, expired_at: i64) -> Result<usize>;

    /// Trusts programs, and gives the number of that.
    fn add_trust(&mut self, row: &TrustRow) -> Result<i64>;

    /// The programs that are trusted in a project, by number.
    fn trusts(&mut self, project: &str) -> Result<Vec<TrustRow>>;

    /// The programs that an issuer vouches for, by number.
    fn trusts_in(&mut self, issuer: &str) -> Result<Vec<TrustRow>>;

    /// Removes the tokens of a user whose time is over, but for the newest of all: no number is given twice. Gives how many.
    fn forget_tokens(&mut self, user: i64, expired_at: i64) -> Result<usize>;
}

pub(super) fn written_claims(claims: &BTreeMap<String, String>) -> String {
    serde_json::to_string(claims).expect("texts are JSON")
}

/// The claims in such a text.
pub(super) fn claims(text: &str) -> Result<BTreeMap<String, String>> {
    serde_json::from_str(text).map_err(|_| unknown("trusts", text))
}
