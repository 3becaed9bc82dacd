//! The data needed for sealing, itself verified. Seals are created only at the end of a change.

use super::sealed::{People, outside};
use crate::store::{DeviceLoginRow, Hashed, InvitationRow, Result, SealRow, Seals, SessionRow, SignInRow, TokenRow, TrustRow};

impl Seals for People<'_> {
    fn root(&mut self) -> Result<Option<SealRow>> {
        self.rows.root()
    }

    fn lock_root(&mut self) -> Result<Option<SealRow>> {
        Err(outside())
    }

    fn seals(&mut self) -> Result<Vec<SealRow>> {
        self.rows.seals()
    }

    fn set_seal(&mut self, _row: &SealRow) -> Result<()> {
        Err(outside())
    }

    fn remove_seal(&mut self, _scope: &str) -> Result<()> {
        Err(outside())
    }

    fn token_numbered(&mut self, id: i64) -> Result<Option<TokenRow>> {
        self.steady("a token", |this| {
            let found = this.rows.token_numbered(id)?;
            let holds = found.as_ref().map_or(Ok(true), |row| this.holds(row))?;
            Ok(holds.then_some(found))
        })
    }

    fn invitation_numbered(&mut self, id: i64) -> Result<Option<InvitationRow>> {
        self.steady("an invitation", |this| {
            let found = this.rows.invitation_numbered(id)?;
            let holds = found.as_ref().map_or(Ok(true), |row| this.holds(row))?;
            Ok(holds.then_some(found))
        })
    }

    fn sessions(&mut self, user: i64) -> Result<Vec<SessionRow>> {
        self.list("the sessions of a user", |rows| rows.sessions(user))
    }

    fn expired_sessions(&mut self, at: i64) -> Result<Vec<SessionRow>> {
        self.list("a session", |rows| rows.expired_sessions(at))
    }

    fn invitations_for(&mut self, user: i64) -> Result<Vec<InvitationRow>> {
        self.list("an invitation", |rows| rows.invitations_for(user))
    }

    fn invitations_with(&mut self, user: i64) -> Result<Vec<InvitationRow>> {
        self.list("an invitation", |rows| rows.invitations_with(user))
    }

    fn expired_invitations(&mut self, at: i64) -> Result<Vec<InvitationRow>> {
        self.list("an invitation", |rows| rows.expired_invitations(at))
    }

    fn trusts_of(&mut self, user: i64) -> Result<Vec<TrustRow>> {
        self.list("a CI job trust", |rows| rows.trusts_of(user))
    }

    fn device_logins(&mut self) -> Result<Vec<DeviceLoginRow>> {
        self.list("a pending login", |rows| rows.device_logins())
    }

    fn sign_ins(&mut self) -> Result<Vec<SignInRow>> {
        self.list("a pending sign-in", |rows| rows.sign_ins())
    }

    fn rehash(&mut self, _table: Hashed, _old: &[u8], _new: &[u8]) -> Result<()> {
        Err(outside())
    }
}
