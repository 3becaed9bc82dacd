//! The sign-in state in PostgreSQL.

use postgres::Row;

use super::super::Result;
use super::super::people::{UserRow, names, written};
use super::super::sign_ins::{IdentityRow, InvitationRow, SignInRow, SignIns, TrustRow, claims, written_claims};
use super::Rows;
use super::accounts::{role, taken, user_row};

impl SignIns for Rows<'_> {
    fn rename_user(&mut self, id: i64, name: &str) -> Result<bool> {
        // Checks the condition in the statement, because a constraint violation would abort the transaction.
        let query = "UPDATE users SET name = $2 WHERE id = $1 AND NOT EXISTS (SELECT FROM users WHERE name = $2 AND id <> $1)";
        let renamed = self.0.execute(query, &[&id, &name])? > 0;
        if !renamed && self.0.maybe("SELECT id FROM users WHERE name = $1", &[&name])?.is_some() {
            return Err(taken("a user", name));
        }
        Ok(renamed)
    }

    fn users_with_email(&mut self, email: &str) -> Result<Vec<UserRow>> {
        let query =
            "SELECT id, name, email, password, created_at, project FROM users WHERE lower(email) = lower($1) ORDER BY id";
        Ok(self.0.rows(query, &[&email])?.iter().map(|row| user_row(row, 0)).collect())
    }

    fn add_invitation(&mut self, row: &InvitationRow) -> Result<i64> {
        let query = "INSERT INTO invitations (hash, project, role, user_id, label, inviter, created_at, expires_at, made_with) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
        let role = row.role.as_str();
        let promised: super::connection::Parameters = &[&row.hash, &row.project, &role, &row.user, &row.label, &row.inviter];
        let others: super::connection::Parameters = &[&row.created_at, &row.expires_at, &row.made_with];
        let added = self.0.one(query, &[promised, others].concat())?;
        Ok(added.get(0))
    }

    fn invitation(&mut self, hash: &[u8]) -> Result<Option<InvitationRow>> {
        let query = "SELECT id, hash, project, role, user_id, label, inviter, created_at, expires_at, made_with FROM invitations \
                     WHERE hash = $1";
        self.0.maybe(query, &[&hash])?.map(|row| invitation_row(&row)).transpose()
    }

    fn invitations(&mut self, project: &str) -> Result<Vec<InvitationRow>> {
        let query = "SELECT id, hash, project, role, user_id, label, inviter, created_at, expires_at, made_with FROM invitations \
                     WHERE project = $1 ORDER BY id";
        self.0.rows(query, &[&project])?.iter().map(invitation_row).collect()
    }

    fn remove_invitation(&mut self, id: i64) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM invitations WHERE id = $1", &[&id])? > 0)
    }

    fn forget_invitations(&mut self, expired_at: i64) -> Result<usize> {
        self.0.execute("DELETE FROM invitations WHERE expires_at <= $1", &[&expired_at])
    }

    fn add_identity(&mut self, row: &IdentityRow) -> Result<()> {
        let query = "INSERT INTO identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT DO NOTHING";
        let added = self.0.execute(query, &[&row.issuer, &row.subject, &row.user, &row.created_at])?;
        if added > 0 { Ok(()) } else { Err(taken("an account of", &row.subject)) }
    }

    fn identified(&mut self, issuer: &str, subject: &str) -> Result<Option<UserRow>> {
        let query = "SELECT users.id, name, email, password, users.created_at, users.project FROM identities \
                     JOIN users ON users.id = user_id WHERE issuer = $1 AND subject = $2";
        Ok(self.0.maybe(query, &[&issuer, &subject])?.map(|row| user_row(&row, 0)))
    }

    fn identities(&mut self, user: i64) -> Result<Vec<IdentityRow>> {
        let query = "SELECT issuer, subject, user_id, created_at FROM identities WHERE user_id = $1 ORDER BY issuer, subject";
        let identity =
            |row: &Row| IdentityRow { issuer: row.get(0), subject: row.get(1), user: row.get(2), created_at: row.get(3) };
        Ok(self.0.rows(query, &[&user])?.iter().map(identity).collect())
    }

    fn add_sign_in(&mut self, row: &SignInRow) -> Result<()> {
        let query = "INSERT INTO sign_ins (state_hash, browser_hash, next, invitation, user_id, expires_at) \
                     VALUES ($1, $2, $3, $4, $5, $6)";
        let parameters: super::connection::Parameters =
            &[&row.state_hash, &row.browser_hash, &row.next, &row.invitation, &row.user, &row.expires_at];
        self.0.execute(query, parameters).map(|_| ())
    }

    fn count_sign_ins(&mut self, most: usize) -> Result<usize> {
        let query = "SELECT count(*) FROM (SELECT 1 FROM sign_ins LIMIT $1) AS few";
        let count: i64 = self.0.one(query, &[&i64::try_from(most).unwrap_or(i64::MAX)])?.get(0);
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn take_sign_in(&mut self, state_hash: &[u8]) -> Result<Option<SignInRow>> {
        let query = "DELETE FROM sign_ins WHERE state_hash = $1 \
                     RETURNING state_hash, browser_hash, next, invitation, user_id, expires_at";
        Ok(self.0.maybe(query, &[&state_hash])?.map(|row| sign_in_row(&row)))
    }

    fn forget_sign_ins(&mut self, expired_at: i64) -> Result<usize> {
        self.0.execute("DELETE FROM sign_ins WHERE expires_at <= $1", &[&expired_at])
    }

    fn add_trust(&mut self, row: &TrustRow) -> Result<i64> {
        let query = "INSERT INTO trusts (project, user_id, issuer, claims, role, environments, created_at, made_by, made_with) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
        let (claims, role) = (written_claims(&row.claims), row.role.as_str());
        let environments = written(&row.environments);
        let trusted: super::connection::Parameters = &[&row.project, &row.user, &row.issuer, &claims, &role, &environments];
        let others: super::connection::Parameters = &[&row.created_at, &row.made_by, &row.made_with];
        Ok(self.0.one(query, &[trusted, others].concat())?.get(0))
    }

    fn trusts(&mut self, project: &str) -> Result<Vec<TrustRow>> {
        let query = "SELECT id, project, user_id, issuer, claims, role, environments, created_at, made_by, made_with FROM trusts \
                     WHERE project = $1 ORDER BY id";
        self.0.rows(query, &[&project])?.iter().map(trust_row).collect()
    }

    fn trusts_in(&mut self, issuer: &str) -> Result<Vec<TrustRow>> {
        let query = "SELECT id, project, user_id, issuer, claims, role, environments, created_at, made_by, made_with FROM trusts \
                     WHERE issuer = $1 ORDER BY id";
        self.0.rows(query, &[&issuer])?.iter().map(trust_row).collect()
    }

    fn forget_tokens(&mut self, user: i64, expired_at: i64) -> Result<usize> {
        self.0.execute("DELETE FROM tokens WHERE user_id = $1 AND expires_at <= $2", &[&user, &expired_at])
    }
}

pub(super) fn sign_in_row(row: &Row) -> SignInRow {
    SignInRow {
        state_hash: row.get(0),
        browser_hash: row.get(1),
        next: row.get(2),
        invitation: row.get(3),
        user: row.get(4),
        expires_at: row.get(5),
    }
}

pub(super) fn invitation_row(row: &Row) -> Result<InvitationRow> {
    Ok(InvitationRow {
        id: row.get(0),
        hash: row.get(1),
        project: row.get(2),
        role: role("invitations", row.get(3))?,
        user: row.get(4),
        label: row.get(5),
        inviter: row.get(6),
        created_at: row.get(7),
        expires_at: row.get(8),
        made_with: row.get(9),
    })
}

pub(super) fn trust_row(row: &Row) -> Result<TrustRow> {
    Ok(TrustRow {
        id: row.get(0),
        project: row.get(1),
        user: row.get(2),
        issuer: row.get(3),
        claims: claims(row.get(4))?,
        role: role("trusts", row.get(5))?,
        environments: names("trusts", row.get(6))?,
        created_at: row.get(7),
        made_by: row.get(8),
        made_with: row.get(9),
    })
}
