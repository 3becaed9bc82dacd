//! Seals of the rows of people, in PostgreSQL.

use postgres::Row;

use super::super::Result;
use super::super::people::{DeviceLoginRow, SessionRow, TokenRow};
use super::super::seals::{Hashed, SealRow, Seals};
use super::super::sign_ins::{InvitationRow, SignInRow, TrustRow};
use super::Rows;
use super::accounts::{device_login_row, session_row, token_row};
use super::sign_ins::{invitation_row, sign_in_row, trust_row};

impl Seals for Rows<'_> {
    fn root(&mut self) -> Result<Option<SealRow>> {
        Ok(self.0.maybe("SELECT scope, revision, seal FROM seals WHERE scope = ''", &[])?.map(|row| seal_row(&row)))
    }

    fn lock_root(&mut self) -> Result<Option<SealRow>> {
        // Returns what was committed while this statement waited for the lock.
        let query = "SELECT scope, revision, seal FROM seals WHERE scope = '' FOR UPDATE";
        Ok(self.0.maybe(query, &[])?.map(|row| seal_row(&row)))
    }

    fn seals(&mut self) -> Result<Vec<SealRow>> {
        let query = "SELECT scope, revision, seal FROM seals WHERE scope <> '' ORDER BY scope";
        Ok(self.0.rows(query, &[])?.iter().map(seal_row).collect())
    }

    fn set_seal(&mut self, row: &SealRow) -> Result<()> {
        let query = "INSERT INTO seals (scope, revision, seal) VALUES ($1, $2, $3) \
                     ON CONFLICT (scope) DO UPDATE SET revision = excluded.revision, seal = excluded.seal";
        self.0.execute(query, &[&row.scope, &row.revision, &row.seal]).map(|_| ())
    }

    fn remove_seal(&mut self, scope: &str) -> Result<()> {
        self.0.execute("DELETE FROM seals WHERE scope = $1", &[&scope]).map(|_| ())
    }

    fn token_numbered(&mut self, id: i64) -> Result<Option<TokenRow>> {
        let query = "SELECT id, hash, user_id, label, kind, projects, environments, role, created_at, expires_at, \
                     last_used_at, revoked_at, made_by, made_with FROM tokens WHERE id = $1";
        self.0.maybe(query, &[&id])?.map(|row| token_row(&row)).transpose()
    }

    fn invitation_numbered(&mut self, id: i64) -> Result<Option<InvitationRow>> {
        let query = "SELECT id, hash, project, role, user_id, label, inviter, created_at, expires_at, made_with FROM invitations \
                     WHERE id = $1";
        self.0.maybe(query, &[&id])?.map(|row| invitation_row(&row)).transpose()
    }

    fn sessions(&mut self, user: i64) -> Result<Vec<SessionRow>> {
        let query = "SELECT hash, user_id, token, created_at, expires_at FROM sessions WHERE user_id = $1";
        Ok(self.0.rows(query, &[&user])?.iter().map(session_row).collect())
    }

    fn expired_sessions(&mut self, at: i64) -> Result<Vec<SessionRow>> {
        let query = "SELECT hash, user_id, token, created_at, expires_at FROM sessions WHERE expires_at <= $1";
        Ok(self.0.rows(query, &[&at])?.iter().map(session_row).collect())
    }

    fn invitations_for(&mut self, user: i64) -> Result<Vec<InvitationRow>> {
        let query = "SELECT id, hash, project, role, user_id, label, inviter, created_at, expires_at, made_with FROM invitations \
                     WHERE project IS NULL AND coalesce(user_id, inviter) = $1";
        self.0.rows(query, &[&user])?.iter().map(invitation_row).collect()
    }

    fn invitations_with(&mut self, user: i64) -> Result<Vec<InvitationRow>> {
        let query = "SELECT id, hash, project, role, user_id, label, inviter, created_at, expires_at, made_with FROM invitations \
                     WHERE user_id = $1 OR inviter = $1";
        self.0.rows(query, &[&user])?.iter().map(invitation_row).collect()
    }

    fn expired_invitations(&mut self, at: i64) -> Result<Vec<InvitationRow>> {
        let query = "SELECT id, hash, project, role, user_id, label, inviter, created_at, expires_at, made_with FROM invitations \
                     WHERE expires_at <= $1";
        self.0.rows(query, &[&at])?.iter().map(invitation_row).collect()
    }

    fn trusts_of(&mut self, user: i64) -> Result<Vec<TrustRow>> {
        let query = "SELECT id, project, user_id, issuer, claims, role, environments, created_at, made_by, made_with FROM trusts \
                     WHERE user_id = $1";
        self.0.rows(query, &[&user])?.iter().map(trust_row).collect()
    }

    fn device_logins(&mut self) -> Result<Vec<DeviceLoginRow>> {
        let query = "SELECT code, poll_hash, name, created_at, expires_at, user_id, token FROM device_logins";
        Ok(self.0.rows(query, &[])?.iter().map(device_login_row).collect())
    }

    fn sign_ins(&mut self) -> Result<Vec<SignInRow>> {
        let query = "SELECT state_hash, browser_hash, next, invitation, user_id, expires_at FROM sign_ins";
        Ok(self.0.rows(query, &[])?.iter().map(sign_in_row).collect())
    }

    fn rehash(&mut self, table: Hashed, old: &[u8], new: &[u8]) -> Result<()> {
        let query = match table {
            Hashed::Tokens => "UPDATE tokens SET hash = $2 WHERE hash = $1",
            Hashed::Sessions => "UPDATE sessions SET hash = $2 WHERE hash = $1",
            Hashed::Invitations => "UPDATE invitations SET hash = $2 WHERE hash = $1",
        };
        self.0.execute(query, &[&old, &new]).map(|_| ())
    }
}

fn seal_row(row: &Row) -> SealRow {
    SealRow { scope: row.get(0), revision: row.get(1), seal: row.get(2) }
}
