//! The rows of people in PostgreSQL.

use postgres::Row;

use super::super::accounts::{Accounts, unknown};
use super::super::people::{AnswerRow, DeviceLoginRow, MemberRow, ProjectRow, SessionRow, TokenRow, UserRow, names, written};
use super::super::{Result, StoreError};
use super::Rows;
use takk_model::{Role, TokenKind};

impl Accounts for Rows<'_> {
    fn add_user(&mut self, row: &UserRow) -> Result<i64> {
        let query = "INSERT INTO users (name, email, password, created_at, project) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT DO NOTHING RETURNING id";
        let added = self.0.maybe(query, &[&row.name, &row.email, &row.password, &row.created_at, &row.project])?;
        Ok(added.ok_or_else(|| taken("a user", &row.name))?.get(0))
    }

    fn user(&mut self, id: i64) -> Result<Option<UserRow>> {
        let query = "SELECT id, name, email, password, created_at, project FROM users WHERE id = $1";
        Ok(self.0.maybe(query, &[&id])?.map(|row| user_row(&row, 0)))
    }

    fn user_named(&mut self, name: &str) -> Result<Option<UserRow>> {
        let query = "SELECT id, name, email, password, created_at, project FROM users WHERE name = $1";
        Ok(self.0.maybe(query, &[&name])?.map(|row| user_row(&row, 0)))
    }

    fn users(&mut self) -> Result<Vec<UserRow>> {
        let query = "SELECT id, name, email, password, created_at, project FROM users ORDER BY name";
        Ok(self.0.rows(query, &[])?.iter().map(|row| user_row(row, 0)).collect())
    }

    fn set_password(&mut self, id: i64, password: Option<&str>) -> Result<bool> {
        Ok(self.0.execute("UPDATE users SET password = $2 WHERE id = $1", &[&id, &password])? > 0)
    }

    fn remove_user(&mut self, id: i64) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM users WHERE id = $1", &[&id])? > 0)
    }

    fn add_project(&mut self, row: &ProjectRow) -> Result<bool> {
        let query = "INSERT INTO projects (name, created_at, production, not_production) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT DO NOTHING";
        let (production, not_production) = (written(&row.production), written(&row.not_production));
        Ok(self.0.execute(query, &[&row.name, &row.created_at, &production, &not_production])? > 0)
    }

    fn project(&mut self, name: &str) -> Result<Option<ProjectRow>> {
        let query = "SELECT name, created_at, production, not_production FROM projects WHERE name = $1";
        self.0.maybe(query, &[&name])?.map(|row| project_row(&row)).transpose()
    }

    fn projects(&mut self, user: Option<i64>, after: Option<&str>, limit: usize) -> Result<Vec<ProjectRow>> {
        let query = "SELECT name, created_at, production, not_production FROM projects WHERE ($2::text IS NULL OR name > $2) \
                     AND ($1::bigint IS NULL OR name IN (SELECT project FROM members WHERE user_id = $1)) \
                     ORDER BY name LIMIT $3";
        let rows = self.0.rows(query, &[&user, &after, &i64::try_from(limit).unwrap_or(i64::MAX)])?;
        rows.iter().map(project_row).collect()
    }

    fn set_production(&mut self, project: &str, production: &[String], not_production: &[String]) -> Result<bool> {
        let query = "UPDATE projects SET production = $2, not_production = $3 WHERE name = $1";
        Ok(self.0.execute(query, &[&project, &written(production), &written(not_production)])? > 0)
    }

    fn members(&mut self, project: &str) -> Result<Vec<MemberRow>> {
        let query = "SELECT user_id, users.name, members.project, role FROM members JOIN users ON users.id = user_id \
                     WHERE members.project = $1 ORDER BY users.name";
        self.0.rows(query, &[&project])?.iter().map(member_row).collect()
    }

    fn standing(&mut self, user: i64, project: &str) -> Result<Option<(ProjectRow, Role)>> {
        let query = "SELECT name, created_at, production, not_production, role FROM projects JOIN members ON project = name \
                     WHERE user_id = $1 AND name = $2";
        let found = self.0.maybe(query, &[&user, &project])?;
        found.map(|row| Ok((project_row(&row)?, role("members", row.get(4))?))).transpose()
    }

    fn role(&mut self, user: i64, project: &str) -> Result<Option<Role>> {
        let query = "SELECT role FROM members WHERE user_id = $1 AND project = $2";
        self.0.maybe(query, &[&user, &project])?.map(|row| role("members", row.get(0))).transpose()
    }

    fn set_member(&mut self, user: i64, project: &str, role: Role) -> Result<()> {
        let query = "INSERT INTO members (user_id, project, role) VALUES ($1, $2, $3) \
                     ON CONFLICT (user_id, project) DO UPDATE SET role = excluded.role";
        self.0.execute(query, &[&user, &project, &role.as_str()]).map(|_| ())
    }

    fn remove_member(&mut self, user: i64, project: &str) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM members WHERE user_id = $1 AND project = $2", &[&user, &project])? > 0)
    }

    fn add_token(&mut self, row: &TokenRow) -> Result<i64> {
        let query = "INSERT INTO tokens (hash, user_id, label, kind, projects, environments, role, created_at, expires_at, \
                     made_by, made_with) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id";
        let (kind, role) = (row.kind.as_str(), row.role.as_str());
        let (projects, environments) = (written(&row.projects), written(&row.environments));
        let bounds: super::connection::Parameters = &[&row.hash, &row.user, &row.label, &kind, &projects, &environments, &role];
        let others: super::connection::Parameters = &[&row.created_at, &row.expires_at, &row.made_by, &row.made_with];
        let added = self.0.one(query, &[bounds, others].concat())?;
        Ok(added.get(0))
    }

    fn token(&mut self, hash: &[u8]) -> Result<Option<(TokenRow, UserRow)>> {
        let query = "SELECT tokens.id, hash, user_id, label, kind, projects, environments, role, tokens.created_at, \
                     expires_at, last_used_at, revoked_at, made_by, made_with, users.id, users.name, users.email, \
                     users.password, users.created_at, users.project FROM tokens JOIN users ON users.id = user_id WHERE hash = $1";
        self.0.maybe(query, &[&hash])?.map(|row| Ok((token_row(&row)?, user_row(&row, 14)))).transpose()
    }

    fn tokens(&mut self, user: Option<i64>) -> Result<Vec<TokenRow>> {
        let query = "SELECT id, hash, user_id, label, kind, projects, environments, role, created_at, expires_at, \
                     last_used_at, revoked_at, made_by, made_with FROM tokens WHERE $1::bigint IS NULL OR user_id = $1 ORDER BY id";
        self.0.rows(query, &[&user])?.iter().map(token_row).collect()
    }

    fn revoke_token(&mut self, id: i64, at: i64) -> Result<bool> {
        let query = "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        Ok(self.0.execute(query, &[&id, &at])? > 0)
    }

    fn use_token(&mut self, id: i64, at: i64) -> Result<()> {
        let query = "UPDATE tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
        self.0.execute(query, &[&id, &at]).map(|_| ())
    }

    fn answer(&mut self, caller: i64, key: &str) -> Result<Option<AnswerRow>> {
        let query = "SELECT caller, key, digest, status, body, created_at FROM answers WHERE caller = $1 AND key = $2";
        self.0.maybe(query, &[&caller, &key])?.map(|row| answer_row(&row)).transpose()
    }

    fn keep_answer(&mut self, row: &AnswerRow) -> Result<()> {
        let query = "INSERT INTO answers (caller, key, digest, status, body, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT DO NOTHING";
        let status = i32::from(row.status);
        let kept = self.0.execute(query, &[&row.caller, &row.key, &row.digest, &status, &row.body, &row.created_at])?;
        if kept > 0 { Ok(()) } else { Err(taken("an answer to", &row.key)) }
    }

    fn forget_answers(&mut self, before: i64) -> Result<usize> {
        self.0.execute("DELETE FROM answers WHERE created_at < $1", &[&before])
    }

    fn add_device_login(&mut self, row: &DeviceLoginRow) -> Result<()> {
        let query = "INSERT INTO device_logins (code, poll_hash, name, created_at, expires_at, user_id, token) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let parameters: super::connection::Parameters =
            &[&row.code, &row.poll_hash, &row.name, &row.created_at, &row.expires_at, &row.user, &row.token];
        if self.0.execute(query, parameters)? > 0 { Ok(()) } else { Err(taken("a login with the code", &row.code)) }
    }

    fn count_device_logins(&mut self, most: usize) -> Result<usize> {
        let query = "SELECT count(*) FROM (SELECT 1 FROM device_logins LIMIT $1) AS few";
        let count: i64 = self.0.one(query, &[&i64::try_from(most).unwrap_or(i64::MAX)])?.get(0);
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn device_login(&mut self, code: &str) -> Result<Option<DeviceLoginRow>> {
        let query = "SELECT code, poll_hash, name, created_at, expires_at, user_id, token FROM device_logins WHERE code = $1";
        Ok(self.0.maybe(query, &[&code])?.map(|row| device_login_row(&row)))
    }

    fn polling(&mut self, poll_hash: &[u8]) -> Result<Option<DeviceLoginRow>> {
        let query =
            "SELECT code, poll_hash, name, created_at, expires_at, user_id, token FROM device_logins WHERE poll_hash = $1";
        Ok(self.0.maybe(query, &[&poll_hash])?.map(|row| device_login_row(&row)))
    }

    fn let_in(&mut self, code: &str, user: i64, token: Option<i64>) -> Result<bool> {
        let query = "UPDATE device_logins SET user_id = $2, token = $3 WHERE code = $1 AND user_id IS NULL";
        Ok(self.0.execute(query, &[&code, &user, &token])? > 0)
    }

    fn remove_device_login(&mut self, code: &str) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM device_logins WHERE code = $1", &[&code])? > 0)
    }

    fn forget_device_logins(&mut self, expired_at: i64) -> Result<usize> {
        self.0.execute("DELETE FROM device_logins WHERE expires_at <= $1", &[&expired_at])
    }

    fn add_session(&mut self, row: &SessionRow) -> Result<()> {
        let query = "INSERT INTO sessions (hash, user_id, token, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
        self.0.execute(query, &[&row.hash, &row.user, &row.token, &row.created_at, &row.expires_at])?;
        Ok(())
    }

    fn session(&mut self, hash: &[u8]) -> Result<Option<(SessionRow, UserRow)>> {
        let query = "SELECT hash, user_id, token, sessions.created_at, expires_at, users.id, name, email, password, \
                     users.created_at, users.project FROM sessions JOIN users ON users.id = user_id WHERE hash = $1";
        Ok(self.0.maybe(query, &[&hash])?.map(|row| (session_row(&row), user_row(&row, 5))))
    }

    fn remove_session(&mut self, hash: &[u8]) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM sessions WHERE hash = $1", &[&hash])? > 0)
    }

    fn remove_sessions(&mut self, user: i64, except: &[u8]) -> Result<usize> {
        let removed = self.0.execute("DELETE FROM sessions WHERE user_id = $1 AND hash <> $2", &[&user, &except])?;
        Ok(removed)
    }

    fn forget_sessions(&mut self, expired_at: i64) -> Result<usize> {
        let removed = self.0.execute("DELETE FROM sessions WHERE expires_at <= $1", &[&expired_at])?;
        Ok(removed)
    }
}

pub(super) fn taken(what: &'static str, name: &str) -> StoreError {
    StoreError::Exists { what, name: name.to_owned() }
}

pub(super) fn role(table: &'static str, word: &str) -> Result<Role> {
    Role::from_word(word).ok_or_else(|| unknown(table, word))
}

/// A user in the columns from index `first` on.
pub(super) fn user_row(row: &Row, first: usize) -> UserRow {
    UserRow {
        id: row.get(first),
        name: row.get(first + 1),
        email: row.get(first + 2),
        password: row.get(first + 3),
        created_at: row.get(first + 4),
        project: row.get(first + 5),
    }
}

fn project_row(row: &Row) -> Result<ProjectRow> {
    let (production, not_production) = (names("projects", row.get(2))?, names("projects", row.get(3))?);
    Ok(ProjectRow { name: row.get(0), created_at: row.get(1), production, not_production })
}

fn member_row(row: &Row) -> Result<MemberRow> {
    let role = role("members", row.get(3))?;
    Ok(MemberRow { user: row.get(0), name: row.get(1), project: row.get(2), role })
}

pub(super) fn token_row(row: &Row) -> Result<TokenRow> {
    let kind = TokenKind::from_word(row.get(4)).ok_or_else(|| unknown("tokens", row.get(4)))?;
    Ok(TokenRow {
        id: row.get(0),
        hash: row.get(1),
        user: row.get(2),
        label: row.get(3),
        kind,
        projects: names("tokens", row.get(5))?,
        environments: names("tokens", row.get(6))?,
        role: role("tokens", row.get(7))?,
        created_at: row.get(8),
        expires_at: row.get(9),
        last_used_at: row.get(10),
        revoked_at: row.get(11),
        made_by: row.get(12),
        made_with: row.get(13),
    })
}

fn answer_row(row: &Row) -> Result<AnswerRow> {
    let status: i32 = row.get(3);
    Ok(AnswerRow {
        caller: row.get(0),
        key: row.get(1),
        digest: row.get(2),
        status: u16::try_from(status).map_err(|_| unknown("answers", &status.to_string()))?,
        body: row.get(4),
        created_at: row.get(5),
    })
}

pub(super) fn device_login_row(row: &Row) -> DeviceLoginRow {
    DeviceLoginRow {
        code: row.get(0),
        poll_hash: row.get(1),
        name: row.get(2),
        created_at: row.get(3),
        expires_at: row.get(4),
        user: row.get(5),
        token: row.get(6),
    }
}

pub(super) fn session_row(row: &Row) -> SessionRow {
    SessionRow { hash: row.get(0), user: row.get(1), token: row.get(2), created_at: row.get(3), expires_at: row.get(4) }
}
