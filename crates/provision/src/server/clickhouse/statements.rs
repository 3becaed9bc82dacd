//! The statements of each step: create what is missing, else set it to what is stored.

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use takk_model::error::{Error, Result};
use zeroize::Zeroizing;

use super::super::{FULL, MIGRATION_PASSWORD, MIGRATION_USERNAME};
use super::admin::{quoted, text};
use super::api::Statement;
use super::found::Found;
use super::rights::{ALL, RUN, list};
use crate::ledger::Entry;
use crate::name::hexadecimal;

/// How many queries a program of a development environment may run at once, so that one that leaks them does not stop the others.
const QUERIES: u32 = 20;
/// The number of bytes of a salt.
const SALT: usize = 16;
/// What is shown in the place of a hash or a salt.
const MASKED: &str = "'...'";

/// What is done, and written down before the next step begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name in the ledger.
    pub name: &'static str,
    /// What it creates, for an error.
    pub what: &'static str,
    pub statements: Vec<Statement>,
}

/// What is to be there.
pub(super) struct Terms {
    pub database: String,
    pub users: Vec<User>,
    pub mark: String,
    is_limited: bool,
    /// When the logins end, as the server writes it.
    valid_until: String,
}

/// A user that a program logs in as.
pub(super) struct User {
    pub name: String,
    pub password: Zeroizing<String>,
    pub rights: &'static [&'static str],
}

impl Terms {
    pub(super) fn of(entry: &Entry, valid_until: Option<String>) -> Result<Self> {
        let credential = |name: &str| {
            let value = entry.credentials.get(name).cloned();
            value.ok_or_else(|| Error::internal(format!("the ledger has no {name} of {}", entry.key())))
        };
        let user = |name: &str, password: &str, rights| -> Result<User> {
            Ok(User { name: credential(name)?.to_string(), password: credential(password)?, rights })
        };
        let users = if entry.credentials.contains_key(MIGRATION_USERNAME) {
            vec![user("username", "password", RUN)?, user(MIGRATION_USERNAME, MIGRATION_PASSWORD, ALL)?]
        } else {
            vec![user("username", "password", ALL)?]
        };
        Ok(Self {
            database: credential("database")?.to_string(),
            users,
            mark: entry.mark.clone().unwrap_or_default(),
            is_limited: entry.level != FULL,
            valid_until: valid_until.unwrap_or_else(|| "infinity".to_owned()),
        })
    }
}

fn plain(text: String) -> Statement {
    Statement { shown: text.clone(), text, secrets: Vec::new() }
}

/// The steps, in their order. The database comes first: its comment is the mark of everything.
pub(super) fn steps(terms: &Terms, found: &Found) -> Vec<Step> {
    let users = terms.users.iter().map(|user| user_statement(user, terms, found)).collect();
    let rights = terms.users.iter().flat_map(|user| rights_statements(user, terms, found)).collect();
    vec![
        Step { name: "database", what: "database", statements: database(terms, found).into_iter().collect() },
        Step { name: "users", what: "user", statements: users },
        Step { name: "rights", what: "rights of the user", statements: rights },
    ]
}

fn database(terms: &Terms, found: &Found) -> Option<Statement> {
    let (name, mark) = (quoted(&terms.database), text(&terms.mark));
    match &found.database {
        None => Some(plain(format!("CREATE DATABASE {name} COMMENT {mark}"))),
        Some(database) if database.is_ours => None,
        Some(_) => Some(plain(format!("ALTER DATABASE {name} MODIFY COMMENT {mark}"))),
    }
}

fn user_statement(user: &User, terms: &Terms, found: &Found) -> Statement {
    let written = |hash: &str, salt: &str| {
        let verb = if found.users.contains_key(&user.name) { "ALTER" } else { "CREATE" };
        let settings =
            if terms.is_limited { format!("max_concurrent_queries_for_user = {QUERIES} CONST") } else { "NONE".to_owned() };
        format!(
            "{verb} USER {} IDENTIFIED WITH sha256_hash BY {hash} SALT {salt} VALID UNTIL {} HOST ANY DEFAULT DATABASE {} SETTINGS \
             {settings}",
            quoted(&user.name),
            text(&terms.valid_until),
            quoted(&terms.database),
        )
    };
    let salt = salt();
    let hash = Zeroizing::new(hash(&user.password, &salt));
    let secrets = vec![hash.clone(), Zeroizing::new(salt.clone())];
    Statement { text: written(&text(&hash), &text(&salt)), shown: written(MASKED, MASKED), secrets }
}

/// What the server checks a password with: it never gets the password itself before a program logs in, and its query log has only this.
fn hash(password: &str, salt: &str) -> String {
    let salted = Zeroizing::new(format!("{password}{salt}"));
    hexadecimal(digest(&SHA256, salted.as_bytes()).as_ref()).to_uppercase()
}

fn salt() -> String {
    let mut salt = [0; SALT];
    SystemRandom::new().fill(&mut salt).expect("the system gives random numbers: the password is made of them");
    hexadecimal(&salt).to_uppercase()
}

fn rights_statements(user: &User, terms: &Terms, found: &Found) -> Vec<Statement> {
    let (name, database) = (quoted(&user.name), quoted(&terms.database));
    let mut statements = Vec::new();
    if found.has_more(user, terms) {
        statements.push(plain(format!("REVOKE ALL ON *.* FROM {name}")));
    }
    statements.push(plain(format!("GRANT {} ON {database}.* TO {name}", list(user.rights))));
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_of_password_and_salt() {
        // echo -n 'passwordsalt' | sha256sum
        let expected = "7A37B85C8918EAC19A9089C0FA5A2AB4DCE3F90528DCDEEC108B23DDF3607B99";
        assert_eq!(hash("password", "salt"), expected);
    }
}
