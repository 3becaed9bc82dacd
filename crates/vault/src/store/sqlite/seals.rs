//! Seals of the rows of people, in SQLite.

use rusqlite::{OptionalExtension, Params, Row, params};

use super::super::Result;
use super::super::people::{DeviceLoginRow, SessionRow, TokenRow};
use super::super::seals::{Hashed, SealRow, Seals};
use super::super::sign_ins::{InvitationRow, SignInRow, TrustRow};
use super::Rows;
use super::accounts::{DEVICE_LOGIN, TOKEN, device_login_row, token_row};
use super::sessions::{SESSION, session_row};
use super::sign_ins::{INVITATION, SIGN_IN, TRUST, invitation_row, sign_in_row, trust_row};

impl Rows<'_> {
    fn many<T>(&self, query: &str, asked: impl Params, row: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        let mut statement = self.0.prepare_cached(query)?;
        Ok(statement.query_map(asked, row)?.collect::<rusqlite::Result<_>>()?)
    }
}

impl Seals for Rows<'_> {
    fn root(&mut self) -> Result<Option<SealRow>> {
        let mut statement = self.0.prepare_cached("SELECT scope, revision, seal FROM seals WHERE scope = ''")?;
        Ok(statement.query_row([], seal_row).optional()?)
    }

    /// SQLite allows only one writer anyway.
    fn lock_root(&mut self) -> Result<Option<SealRow>> {
        self.root()
    }

    fn seals(&mut self) -> Result<Vec<SealRow>> {
        self.many("SELECT scope, revision, seal FROM seals WHERE scope <> '' ORDER BY scope", [], seal_row)
    }

    fn set_seal(&mut self, row: &SealRow) -> Result<()> {
        let mut statement =
            self.0.prepare_cached("INSERT OR REPLACE INTO seals (scope, revision, seal) VALUES (?1, ?2, ?3)")?;
        statement.execute(params![row.scope, row.revision, row.seal])?;
        Ok(())
    }

    fn remove_seal(&mut self, scope: &str) -> Result<()> {
        self.0.execute("DELETE FROM seals WHERE scope = ?1", [scope])?;
        Ok(())
    }

    fn token_numbered(&mut self, id: i64) -> Result<Option<TokenRow>> {
        self.many(&format!("SELECT {TOKEN} FROM tokens WHERE id = ?1"), [id], token_row)?.pop().transpose()
    }

    fn invitation_numbered(&mut self, id: i64) -> Result<Option<InvitationRow>> {
        self.many(&format!("SELECT {INVITATION} FROM invitations WHERE id = ?1"), [id], invitation_row)?.pop().transpose()
    }

    fn sessions(&mut self, user: i64) -> Result<Vec<SessionRow>> {
        self.many(&format!("SELECT {SESSION} FROM sessions WHERE user = ?1"), [user], session_row)
    }

    fn expired_sessions(&mut self, at: i64) -> Result<Vec<SessionRow>> {
        self.many(&format!("SELECT {SESSION} FROM sessions WHERE expires_at <= ?1"), [at], session_row)
    }

    fn invitations_for(&mut self, user: i64) -> Result<Vec<InvitationRow>> {
        let query = format!("SELECT {INVITATION} FROM invitations WHERE project IS NULL AND coalesce(user, inviter) = ?1");
        self.many(&query, [user], invitation_row)?.into_iter().collect()
    }

    fn invitations_with(&mut self, user: i64) -> Result<Vec<InvitationRow>> {
        let query = format!("SELECT {INVITATION} FROM invitations WHERE user = ?1 OR inviter = ?1");
        self.many(&query, [user], invitation_row)?.into_iter().collect()
    }

    fn expired_invitations(&mut self, at: i64) -> Result<Vec<InvitationRow>> {
        let query = format!("SELECT {INVITATION} FROM invitations WHERE expires_at <= ?1");
        self.many(&query, [at], invitation_row)?.into_iter().collect()
    }

    fn trusts_of(&mut self, user: i64) -> Result<Vec<TrustRow>> {
        self.many(&format!("SELECT {TRUST} FROM trusts WHERE user = ?1"), [user], trust_row)?.into_iter().collect()
    }

    fn device_logins(&mut self) -> Result<Vec<DeviceLoginRow>> {
        self.many(&format!("SELECT {DEVICE_LOGIN} FROM device_logins"), [], device_login_row)
    }

    fn sign_ins(&mut self) -> Result<Vec<SignInRow>> {
        self.many(&format!("SELECT {SIGN_IN} FROM sign_ins"), [], sign_in_row)
    }

    fn rehash(&mut self, table: Hashed, old: &[u8], new: &[u8]) -> Result<()> {
        let query = match table {
            Hashed::Tokens => "UPDATE tokens SET hash = ?2 WHERE hash = ?1",
            Hashed::Sessions => "UPDATE sessions SET hash = ?2 WHERE hash = ?1",
            Hashed::Invitations => "UPDATE invitations SET hash = ?2 WHERE hash = ?1",
        };
        self.0.execute(query, [old, new])?;
        Ok(())
    }
}

fn seal_row(row: &Row<'_>) -> rusqlite::Result<SealRow> {
    Ok(SealRow { scope: row.get(0)?, revision: row.get(1)?, seal: row.get(2)? })
}
