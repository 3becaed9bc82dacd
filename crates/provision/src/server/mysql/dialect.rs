//! What MariaDB and MySQL do differently, as far as it matters here.
//!
//! MariaDB has comments on databases, and MySQL on users. So the mark is on the database there, and on the users here: whatever has it is
//! created first and removed last.

use takk_database::mysql::{quoted, text};

use super::password::{caching_sha2, native_hash};

/// A product, with what decides how its statements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    MariaDb,
    MySql {
        /// `partial_revokes`: names of databases in grants have no wildcards, and so no escapes.
        has_literal_names: bool,
    },
}

/// The digits of a version, as far as they decide.
type Version = [u32; 3];

impl Dialect {
    /// That of a server, by its `VERSION()`.
    pub(super) fn of(banner: &str, partial_revokes: bool) -> Self {
        let is_mariadb = banner.to_ascii_lowercase().contains("mariadb");
        if is_mariadb { Self::MariaDb } else { Self::MySql { has_literal_names: partial_revokes } }
    }

    pub(super) fn product(self) -> &'static str {
        if self == Self::MariaDb { "MariaDB" } else { "MySQL" }
    }

    /// Whether users carry the mark, not the database.
    pub(super) fn marks_users(self) -> bool {
        self != Self::MariaDb
    }

    /// The oldest version on which everything works: before MariaDB 10.5, nobody but a superuser ends sessions; before MySQL 8.0.21, users
    /// have no comments.
    fn oldest(self) -> (Version, &'static str) {
        if self == Self::MariaDb { ([10, 5, 0], "10.5") } else { ([8, 0, 21], "8.0.21") }
    }

    /// The version that is needed, if `version` is older.
    pub(super) fn too_old(self, version: &str) -> Option<&'static str> {
        let mut numbers = version.split('.').map(|number| number.parse().unwrap_or_default());
        let version: Version = std::array::from_fn(|_| numbers.next().unwrap_or_default());
        let (oldest, written) = self.oldest();
        (version < oldest).then_some(written)
    }

    /// What the admin needs itself. The rest it passes on.
    pub(super) fn own_rights(self) -> [&'static str; 3] {
        ["CREATE USER", "PROCESS", if self == Self::MariaDb { "CONNECTION ADMIN" } else { "CONNECTION_ADMIN" }]
    }

    /// What an admin does not need, and what makes it one of the whole server.
    pub(super) fn too_wide(self) -> &'static [&'static str] {
        match self {
            Self::MariaDb => &["SUPER", "FILE", "SHUTDOWN", "SET USER", "BINLOG ADMIN"],
            Self::MySql { .. } => {
                &["SUPER", "FILE", "SHUTDOWN", "SYSTEM_USER", "SYSTEM_VARIABLES_ADMIN", "SET_USER_ID", "SET_ANY_DEFINER"]
            }
        }
    }

    /// Whether the server replicates another one: its thread that reads from there. The applier of a group runs on its primary too.
    pub(super) fn replica(self) -> &'static str {
        match self {
            Self::MariaDb => {
                "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'system user' AND COMMAND IN ('Slave_IO', 'Slave_SQL')"
            }
            Self::MySql { .. } => {
                "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'system user' AND (STATE LIKE '%source%' OR \
                 STATE LIKE '%master%')"
            }
        }
    }

    /// The accounts of some names: name, host, what the password is checked with, whether it is a role, and its comment.
    pub(super) fn accounts(self, names: &str) -> String {
        match self {
            Self::MariaDb => {
                format!("SELECT User, Host, authentication_string, is_role, '' FROM mysql.user WHERE User IN ({names})")
            }
            Self::MySql { .. } => format!(
                "SELECT u.User, u.Host, u.authentication_string, 'N', JSON_UNQUOTE(JSON_EXTRACT(a.ATTRIBUTE, '$.comment')) \
                 FROM mysql.user u LEFT JOIN information_schema.USER_ATTRIBUTES a ON a.USER = u.User AND a.HOST = u.Host \
                 WHERE u.User IN ({names})"
            ),
        }
    }

    /// The roles of an account.
    pub(super) fn roles(self, name: &str, host: &str) -> String {
        let (name, host) = (text(name), text(host));
        match self {
            Self::MariaDb => format!("SELECT 1 FROM mysql.roles_mapping WHERE User = {name} AND Host = {host}"),
            Self::MySql { .. } => format!("SELECT 1 FROM mysql.role_edges WHERE TO_USER = {name} AND TO_HOST = {host}"),
        }
    }

    /// What the server checks a password with: it never gets the password itself. The same for the same password.
    pub(super) fn hash(self, user: &str, password: &str) -> String {
        if self == Self::MariaDb { native_hash(password) } else { caching_sha2(user, password) }
    }

    /// How a user is told to log in.
    pub(super) fn identified(self, hash: &str) -> String {
        match self {
            Self::MariaDb => format!("IDENTIFIED VIA mysql_native_password USING {hash}"),
            Self::MySql { .. } => format!("IDENTIFIED WITH caching_sha2_password AS {hash}"),
        }
    }

    /// The mark of a user, at the end of its statement.
    pub(super) fn comment_on_user(self, mark: &str) -> String {
        if self.marks_users() { format!(" COMMENT {}", text(mark)) } else { String::new() }
    }

    /// The mark of a database, at the end of its statement.
    pub(super) fn comment_on_database(self, mark: &str) -> String {
        if self.marks_users() { String::new() } else { format!(" COMMENT {}", text(mark)) }
    }

    /// The name of a database as a grant has it, where `_` and `%` are wildcards.
    pub(super) fn pattern(self, database: &str) -> String {
        match self {
            Self::MySql { has_literal_names: true } => quoted(database),
            _ => quoted(&database.replace('\\', "\\\\").replace('_', "\\_").replace('%', "\\%")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MYSQL: Dialect = Dialect::MySql { has_literal_names: false };

    #[test]
    fn a_server_is_told_by_its_banner() {
        assert_eq!(Dialect::of("10.11.6-MariaDB-0+deb12u1", false), Dialect::MariaDb);
        assert_eq!(Dialect::of("9.7.4-2", false), MYSQL);
        assert_eq!((Dialect::MariaDb.too_old("10.4.34"), Dialect::MariaDb.too_old("10.11.6")), (Some("10.5"), None));
        for (version, old) in [("5.7.44", true), ("8.0.20", true), ("8.0.21", false), ("8.4.3", false), ("9.7.4", false)] {
            assert_eq!(MYSQL.too_old(version).is_some(), old, "{version}");
        }
    }

    #[test]
    fn a_grant_is_for_one_database_alone() {
        for (dialect, pattern) in [
            (Dialect::MariaDb, "`shop\\_dev`"),
            (MYSQL, "`shop\\_dev`"),
            (Dialect::MySql { has_literal_names: true }, "`shop_dev`"),
        ] {
            assert_eq!(dialect.pattern("shop_dev"), pattern, "{dialect:?}");
        }
    }
}
