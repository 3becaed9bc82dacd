//! The sign-in state in SQLite.

use rusqlite::{OptionalExtension, Row, params};

use super::super::Result;
use super::super::people::{UserRow, written};
use super::super::sign_ins::{IdentityRow, InvitationRow, SignInRow, SignIns, TrustRow, claims, written_claims};
use super::Rows;
use super::accounts::{USER, names, new, role, user_row};

/// The columns that [`invitation_row`] reads.
pub(super) const INVITATION: &str = "id, hash, project, role, user, label, inviter, created_at, expires_at, made_with";
/// The columns that [`trust_row`] reads.
pub(super) const TRUST: &str = "id, project, user, issuer, claims, role, environments, created_at, made_by, made_with";
/// The columns that [`sign_in_row`] reads.
pub(super) const SIGN_IN: &str = "state_hash, browser_hash, next, invitation, user, expires_at";

impl SignIns for Rows<'_> {
    fn rename_user(&mut self, id: i64, name: &str) -> Result<bool> {
        let changed = self.0.execute("UPDATE users SET name = ?2 WHERE id = ?1", params![id, name]);
        let renamed = matches!(changed, Ok(1..));
        new(changed, "a user", name)?;
        Ok(renamed)
    }

    fn users_with_email(&mut self, email: &str) -> Result<Vec<UserRow>> {
        let query = format!("SELECT {USER} FROM users WHERE lower(email) = lower(?1) ORDER BY id");
        let mut statement = self.0.prepare_cached(&query)?;
        Ok(statement.query_map([email], user_row)?.collect::<rusqlite::Result<_>>()?)
    }

    fn add_invitation(&mut self, row: &InvitationRow) -> Result<i64> {
        self.0.execute(
            "INSERT INTO invitations (hash, project, role, user, label, inviter, created_at, expires_at, made_with) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                row.hash,
                row.project,
                row.role.as_str(),
                row.user,
                row.label,
                row.inviter,
                row.created_at,
                row.expires_at,
                row.made_with
            ],
        )?;
        Ok(self.0.last_insert_rowid())
    }

    fn invitation(&mut self, hash: &[u8]) -> Result<Option<InvitationRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {INVITATION} FROM invitations WHERE hash = ?1"))?;
        statement.query_row([hash], invitation_row).optional()?.transpose()
    }

    fn invitations(&mut self, project: &str) -> Result<Vec<InvitationRow>> {
        let query = format!("SELECT {INVITATION} FROM invitations WHERE project = ?1 ORDER BY id");
        let mut statement = self.0.prepare_cached(&query)?;
        statement.query_map([project], invitation_row)?.map(|row| row?).collect()
    }

    fn remove_invitation(&mut self, id: i64) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM invitations WHERE id = ?1", [id])? > 0)
    }

    fn forget_invitations(&mut self, expired_at: i64) -> Result<usize> {
        Ok(self.0.execute("DELETE FROM invitations WHERE expires_at <= ?1", [expired_at])?)
    }

    fn add_identity(&mut self, row: &IdentityRow) -> Result<()> {
        let added = self.0.execute(
            "INSERT INTO identities (issuer, subject, user, created_at) VALUES (?1, ?2, ?3, ?4)",
            params![row.issuer, row.subject, row.user, row.created_at],
        );
        new(added, "an account of", &row.subject)
    }

    fn identified(&mut self, issuer: &str, subject: &str) -> Result<Option<UserRow>> {
        let query = format!("SELECT {USER} FROM identities JOIN users ON users.id = user WHERE issuer = ?1 AND subject = ?2");
        let mut statement = self.0.prepare_cached(&query)?;
        Ok(statement.query_row([issuer, subject], user_row).optional()?)
    }

    fn identities(&mut self, user: i64) -> Result<Vec<IdentityRow>> {
        let query = "SELECT issuer, subject, user, created_at FROM identities WHERE user = ?1 ORDER BY issuer, subject";
        let mut statement = self.0.prepare_cached(query)?;
        let identity = |row: &Row<'_>| {
            Ok(IdentityRow { issuer: row.get(0)?, subject: row.get(1)?, user: row.get(2)?, created_at: row.get(3)? })
        };
        Ok(statement.query_map([user], identity)?.collect::<rusqlite::Result<_>>()?)
    }

    fn add_sign_in(&mut self, row: &SignInRow) -> Result<()> {
        self.0.execute(
            "INSERT INTO sign_ins (state_hash, browser_hash, next, invitation, user, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![row.state_hash, row.browser_hash, row.next, row.invitation, row.user, row.expires_at],
        )?;
        Ok(())
    }

    fn count_sign_ins(&mut self, most: usize) -> Result<usize> {
        let query = "SELECT count(*) FROM (SELECT 1 FROM sign_ins LIMIT ?1)";
        let count: i64 =
            self.0.prepare_cached(query)?.query_row([i64::try_from(most).unwrap_or(i64::MAX)], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn take_sign_in(&mut self, state_hash: &[u8]) -> Result<Option<SignInRow>> {
        let query = format!("DELETE FROM sign_ins WHERE state_hash = ?1 RETURNING {SIGN_IN}");
        let mut statement = self.0.prepare_cached(&query)?;
        Ok(statement.query_row([state_hash], sign_in_row).optional()?)
    }

    fn forget_sign_ins(&mut self, expired_at: i64) -> Result<usize> {
        Ok(self.0.execute("DELETE FROM sign_ins WHERE expires_at <= ?1", [expired_at])?)
    }

    fn add_trust(&mut self, row: &TrustRow) -> Result<i64> {
        let (claims, environments) = (written_claims(&row.claims), written(&row.environments));
        self.0.execute(
            "INSERT INTO trusts (project, user, issuer, claims, role, environments, created_at, made_by, made_with) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                row.project,
                row.user,
                row.issuer,
                claims,
                row.role.as_str(),
                environments,
                row.created_at,
                row.made_by,
                row.made_with
            ],
        )?;
        Ok(self.0.last_insert_rowid())
    }

    fn trusts(&mut self, project: &str) -> Result<Vec<TrustRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {TRUST} FROM trusts WHERE project = ?1 ORDER BY id"))?;
        statement.query_map([project], trust_row)?.map(|row| row?).collect()
    }

    fn trusts_in(&mut self, issuer: &str) -> Result<Vec<TrustRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {TRUST} FROM trusts WHERE issuer = ?1 ORDER BY id"))?;
        statement.query_map([issuer], trust_row)?.map(|row| row?).collect()
    }

    fn forget_tokens(&mut self, user: i64, expired_at: i64) -> Result<usize> {
        let query = "DELETE FROM tokens WHERE user = ?1 AND expires_at <= ?2 AND id < (SELECT max(id) FROM tokens)";
        Ok(self.0.execute(query, [user, expired_at])?)
    }
}

pub(super) fn sign_in_row(row: &Row<'_>) -> rusqlite::Result<SignInRow> {
    Ok(SignInRow {
        state_hash: row.get(0)?,
        browser_hash: row.get(1)?,
        next: row.get(2)?,
        invitation: row.get(3)?,
        user: row.get(4)?,
        expires_at: row.get(5)?,
    })
}

pub(super) fn invitation_row(row: &Row<'_>) -> rusqlite::Result<Result<InvitationRow>> {
    let word: String = row.get(3)?;
    let invitation = InvitationRow {
        id: row.get(0)?,
        hash: row.get(1)?,
        project: row.get(2)?,
        role: takk_model::Role::Viewer,
        user: row.get(4)?,
        label: row.get(5)?,
        inviter: row.get(6)?,
        created_at: row.get(7)?,
        expires_at: row.get(8)?,
        made_with: row.get(9)?,
    };
    Ok(role("invitations", &word).map(|role| InvitationRow { role, ..invitation }))
}

pub(super) fn trust_row(row: &Row<'_>) -> rusqlite::Result<Result<TrustRow>> {
    let (text, word): (String, String) = (row.get(4)?, row.get(5)?);
    let (id, project, user, issuer) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    let (environments, created_at) = (names(row, 6)?, row.get(7)?);
    let (made_by, made_with) = (row.get(8)?, row.get(9)?);
    let read = || {
        let (claims, role) = (claims(&text)?, role("trusts", &word)?);
        Ok(TrustRow { id, project, user, issuer, claims, role, environments, created_at, made_by, made_with })
    };
    Ok(read())
}
