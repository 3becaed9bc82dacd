//! The rows of people in SQLite.

use rusqlite::{ErrorCode, OptionalExtension, Row, params};

use super::super::accounts::{Accounts, unknown};
use super::super::people::{AnswerRow, DeviceLoginRow, MemberRow, ProjectRow, SessionRow, TokenRow, UserRow, written};
use super::super::{Result, StoreError};
use super::{Rows, sessions};
use takk_model::{Role, TokenKind};

/// The columns that [`user_row`] reads.
pub(super) const USER: &str = "users.id, users.name, users.email, users.password, users.created_at, users.project";
/// The columns that [`token_row`] reads.
pub(super) const TOKEN: &str = "tokens.id, hash, user, label, kind, projects, environments, role, tokens.created_at, expires_at, \
                     last_used_at, revoked_at, made_by, made_with";
/// The columns that [`device_login_row`] reads.
pub(super) const DEVICE_LOGIN: &str = "code, poll_hash, name, created_at, expires_at, user, token";
/// The start of every query for members, with the columns that [`member_row`] reads.
const MEMBERS: &str = "SELECT user, users.name, members.project, role FROM members JOIN users ON users.id = user";

impl Accounts for Rows<'_> {
    fn add_user(&mut self, row: &UserRow) -> Result<i64> {
        let mut insert = self
            .0
            .prepare_cached("INSERT INTO users (name, email, password, created_at, project) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let added = insert.execute(params![row.name, row.email, row.password, row.created_at, row.project]);
        new(added, "a user", &row.name)?;
        Ok(self.0.last_insert_rowid())
    }

    fn user(&mut self, id: i64) -> Result<Option<UserRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {USER} FROM users WHERE id = ?1"))?;
        Ok(statement.query_row([id], user_row).optional()?)
    }

    fn user_named(&mut self, name: &str) -> Result<Option<UserRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {USER} FROM users WHERE name = ?1"))?;
        Ok(statement.query_row([name], user_row).optional()?)
    }

    fn users(&mut self) -> Result<Vec<UserRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {USER} FROM users ORDER BY name"))?;
        Ok(statement.query_map([], user_row)?.collect::<rusqlite::Result<_>>()?)
    }

    fn set_password(&mut self, id: i64, password: Option<&str>) -> Result<bool> {
        Ok(self.0.execute("UPDATE users SET password = ?2 WHERE id = ?1", params![id, password])? > 0)
    }

    fn remove_user(&mut self, id: i64) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM users WHERE id = ?1", [id])? > 0)
    }

    fn add_project(&mut self, row: &ProjectRow) -> Result<bool> {
        let added = self.0.execute(
            "INSERT OR IGNORE INTO projects (name, created_at, production, not_production) VALUES (?1, ?2, ?3, ?4)",
            params![row.name, row.created_at, written(&row.production), written(&row.not_production)],
        )?;
        Ok(added > 0)
    }

    fn project(&mut self, name: &str) -> Result<Option<ProjectRow>> {
        let mut statement =
            self.0.prepare_cached("SELECT name, created_at, production, not_production FROM projects WHERE name = ?1")?;
        Ok(statement.query_row([name], project_row).optional()?)
    }

    fn projects(&mut self, user: Option<i64>, after: Option<&str>, limit: usize) -> Result<Vec<ProjectRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT name, created_at, production, not_production FROM projects WHERE (?2 IS NULL OR name > ?2) \
             AND (?1 IS NULL OR name IN (SELECT project FROM members WHERE user = ?1)) ORDER BY name LIMIT ?3",
        )?;
        let rows = statement.query_map(params![user, after, i64::try_from(limit).unwrap_or(i64::MAX)], project_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn set_production(&mut self, project: &str, production: &[String], not_production: &[String]) -> Result<bool> {
        let query = "UPDATE projects SET production = ?2, not_production = ?3 WHERE name = ?1";
        let changed = self.0.execute(query, params![project, written(production), written(not_production)])?;
        Ok(changed > 0)
    }

    fn members(&mut self, project: &str) -> Result<Vec<MemberRow>> {
        let mut statement = self.0.prepare_cached(&format!("{MEMBERS} WHERE members.project = ?1 ORDER BY users.name"))?;
        statement.query_map([project], member_row)?.map(|row| row?).collect()
    }

    fn standing(&mut self, user: i64, project: &str) -> Result<Option<(ProjectRow, Role)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT name, created_at, production, not_production, role FROM projects JOIN members ON project = name \
             WHERE user = ?1 AND name = ?2",
        )?;
        let standing = |row: &Row<'_>| Ok((project_row(row)?, row.get::<_, String>(4)?));
        let found = statement.query_row(params![user, project], standing).optional()?;
        found.map(|(project, word)| Ok((project, role("members", &word)?))).transpose()
    }

    fn role(&mut self, user: i64, project: &str) -> Result<Option<Role>> {
        let mut statement = self.0.prepare_cached("SELECT role FROM members WHERE user = ?1 AND project = ?2")?;
        let word: Option<String> = statement.query_row(params![user, project], |row| row.get(0)).optional()?;
        word.map(|word| role("members", &word)).transpose()
    }

    fn set_member(&mut self, user: i64, project: &str, role: Role) -> Result<()> {
        self.0.execute(
            "INSERT INTO members (user, project, role) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET role = excluded.role",
            params![user, project, role.as_str()],
        )?;
        Ok(())
    }

    fn remove_member(&mut self, user: i64, project: &str) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM members WHERE user = ?1 AND project = ?2", params![user, project])? > 0)
    }

    fn add_token(&mut self, row: &TokenRow) -> Result<i64> {
        let mut insert = self.0.prepare_cached(
            "INSERT INTO tokens (hash, user, label, kind, projects, environments, role, created_at, expires_at, made_by, made_with) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?;
        insert.execute(params![
            row.hash,
            row.user,
            row.label,
            row.kind.as_str(),
            written(&row.projects),
            written(&row.environments),
            row.role.as_str(),
            row.created_at,
            row.expires_at,
            row.made_by,
            row.made_with
        ])?;
        Ok(self.0.last_insert_rowid())
    }

    fn token(&mut self, hash: &[u8]) -> Result<Option<(TokenRow, UserRow)>> {
        let query = format!("SELECT {TOKEN}, {USER} FROM tokens JOIN users ON users.id = tokens.user WHERE hash = ?1");
        let mut statement = self.0.prepare_cached(&query)?;
        let both = |row: &Row<'_>| {
            let user = UserRow {
                id: row.get(14)?,
                name: row.get(15)?,
                email: row.get(16)?,
                password: row.get(17)?,
                created_at: row.get(18)?,
                project: row.get(19)?,
            };
            Ok((token_row(row)?, user))
        };
        let found = statement.query_row([hash], both).optional()?;
        found.map(|(token, user)| Ok((token?, user))).transpose()
    }

    fn tokens(&mut self, user: Option<i64>) -> Result<Vec<TokenRow>> {
        let query = format!("SELECT {TOKEN} FROM tokens WHERE ?1 IS NULL OR user = ?1 ORDER BY id");
        let mut statement = self.0.prepare_cached(&query)?;
        statement.query_map([user], token_row)?.map(|row| row?).collect()
    }

    fn revoke_token(&mut self, id: i64, at: i64) -> Result<bool> {
        let revoked = self.0.execute("UPDATE tokens SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL", [id, at])?;
        Ok(revoked > 0)
    }

    fn use_token(&mut self, id: i64, at: i64) -> Result<()> {
        let mut statement = self.0.prepare_cached(
            "UPDATE tokens SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
        )?;
        statement.execute([id, at])?;
        Ok(())
    }

    fn answer(&mut self, caller: i64, key: &str) -> Result<Option<AnswerRow>> {
        let mut statement = self.0.prepare_cached(
            "SELECT caller, key, digest, status, body, created_at FROM answers WHERE caller = ?1 AND key = ?2",
        )?;
        let answer = |row: &Row<'_>| {
            Ok(AnswerRow {
                caller: row.get(0)?,
                key: row.get(1)?,
                digest: row.get(2)?,
                status: row.get(3)?,
                body: row.get(4)?,
                created_at: row.get(5)?,
            })
        };
        Ok(statement.query_row(params![caller, key], answer).optional()?)
    }

    fn keep_answer(&mut self, row: &AnswerRow) -> Result<()> {
        let mut insert = self.0.prepare_cached(
            "INSERT INTO answers (caller, key, digest, status, body, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let added = insert.execute(params![row.caller, row.key, row.digest, row.status, row.body, row.created_at]);
        new(added, "an answer to", &row.key)
    }

    fn forget_answers(&mut self, before: i64) -> Result<usize> {
        Ok(self.0.execute("DELETE FROM answers WHERE created_at < ?1", [before])?)
    }

    fn add_device_login(&mut self, row: &DeviceLoginRow) -> Result<()> {
        let added = self.0.execute(
            "INSERT INTO device_logins (code, poll_hash, name, created_at, expires_at, user, token) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![row.code, row.poll_hash, row.name, row.created_at, row.expires_at, row.user, row.token],
        );
        new(added, "a login with the code", &row.code)
    }

    fn count_device_logins(&mut self, most: usize) -> Result<usize> {
        let query = "SELECT count(*) FROM (SELECT 1 FROM device_logins LIMIT ?1)";
        let count: i64 =
            self.0.prepare_cached(query)?.query_row([i64::try_from(most).unwrap_or(i64::MAX)], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn device_login(&mut self, code: &str) -> Result<Option<DeviceLoginRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {DEVICE_LOGIN} FROM device_logins WHERE code = ?1"))?;
        Ok(statement.query_row([code], device_login_row).optional()?)
    }

    fn polling(&mut self, poll_hash: &[u8]) -> Result<Option<DeviceLoginRow>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {DEVICE_LOGIN} FROM device_logins WHERE poll_hash = ?1"))?;
        Ok(statement.query_row([poll_hash], device_login_row).optional()?)
    }

    fn let_in(&mut self, code: &str, user: i64, token: Option<i64>) -> Result<bool> {
        let query = "UPDATE device_logins SET user = ?2, token = ?3 WHERE code = ?1 AND user IS NULL";
        let changed = self.0.execute(query, params![code, user, token])?;
        Ok(changed > 0)
    }

    fn remove_device_login(&mut self, code: &str) -> Result<bool> {
        Ok(self.0.execute("DELETE FROM device_logins WHERE code = ?1", [code])? > 0)
    }

    fn forget_device_logins(&mut self, expired_at: i64) -> Result<usize> {
        Ok(self.0.execute("DELETE FROM device_logins WHERE expires_at <= ?1", [expired_at])?)
    }

    fn add_session(&mut self, row: &SessionRow) -> Result<()> {
        sessions::add(self.0, row)
    }

    fn session(&mut self, hash: &[u8]) -> Result<Option<(SessionRow, UserRow)>> {
        sessions::find(self.0, hash)
    }

    fn remove_session(&mut self, hash: &[u8]) -> Result<bool> {
        sessions::remove(self.0, hash)
    }

    fn remove_sessions(&mut self, user: i64, except: &[u8]) -> Result<usize> {
        sessions::remove_of(self.0, user, except)
    }

    fn forget_sessions(&mut self, expired_at: i64) -> Result<usize> {
        sessions::forget(self.0, expired_at)
    }
}

/// Distinguishes a taken name from other failures.
pub(super) fn new(added: rusqlite::Result<usize>, what: &'static str, name: &str) -> Result<()> {
    match added {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(StoreError::Exists { what, name: name.to_owned() })
        }
        other => Ok(other.map(|_| ())?),
    }
}

/// The names in the text of a column. Fails if another program wrote something else than a list.
pub(super) fn names(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error)))
}

pub(super) fn role(table: &'static str, word: &str) -> Result<Role> {
    Role::from_word(word).ok_or_else(|| unknown(table, word))
}

pub(super) fn user_row(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    Ok(UserRow {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        password: row.get(3)?,
        created_at: row.get(4)?,
        project: row.get(5)?,
    })
}

fn project_row(row: &Row<'_>) -> rusqlite::Result<ProjectRow> {
    Ok(ProjectRow { name: row.get(0)?, created_at: row.get(1)?, production: names(row, 2)?, not_production: names(row, 3)? })
}

fn member_row(row: &Row<'_>) -> rusqlite::Result<Result<MemberRow>> {
    let word: String = row.get(3)?;
    let (user, name, project) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(role("members", &word).map(|role| MemberRow { user, name, project, role }))
}

pub(super) fn token_row(row: &Row<'_>) -> rusqlite::Result<Result<TokenRow>> {
    let (kind, word): (String, String) = (row.get(4)?, row.get(7)?);
    let (Some(kind), Some(role)) = (TokenKind::from_word(&kind), Role::from_word(&word)) else {
        return Ok(Err(unknown("tokens", &format!("{kind} {word}"))));
    };
    Ok(Ok(TokenRow {
        id: row.get(0)?,
        hash: row.get(1)?,
        user: row.get(2)?,
        label: row.get(3)?,
        kind,
        projects: names(row, 5)?,
        environments: names(row, 6)?,
        role,
        created_at: row.get(8)?,
        expires_at: row.get(9)?,
        last_used_at: row.get(10)?,
        revoked_at: row.get(11)?,
        made_by: row.get(12)?,
        made_with: row.get(13)?,
    }))
}

pub(super) fn device_login_row(row: &Row<'_>) -> rusqlite::Result<DeviceLoginRow> {
    Ok(DeviceLoginRow {
        code: row.get(0)?,
        poll_hash: row.get(1)?,
        name: row.get(2)?,
        created_at: row.get(3)?,
        expires_at: row.get(4)?,
        user: row.get(5)?,
        token: row.get(6)?,
    })
}
