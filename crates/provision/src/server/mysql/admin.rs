//! An admin address, and what the server says about the login that it names.

use std::collections::{BTreeMap, BTreeSet};

use takk_database::mysql::{Address, Session, SessionError, text};
use takk_database::{AddressError, Row};
use takk_model::error::{Error, Result};

use super::super::{Facts, Lack};
use super::dialect::Dialect;
use super::privileges::{ALL, list};

/// How an admin address is written.
pub(super) const FORM: &str = "mysql://user:password@host:3306/?ssl-mode=VERIFY_IDENTITY";
/// The databases of the server itself.
const SYSTEM: &str = "('information_schema', 'mysql', 'performance_schema', 'sys')";

/// A login that may create users and databases.
pub(super) struct MysqlAdmin {
    pub(super) address: Address,
}

impl MysqlAdmin {
    /// Reads an address. No error contains a part of its password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let form = format!("write it as {FORM}");
        let address = Address::parse(text).map_err(|error| {
            let failure = Error::usage(error.to_string());
            match error {
                AddressError::Invalid { .. } => failure.hint(form.as_str()),
                AddressError::File { source, .. } => failure.caused_by(source).hint("check the file that `ssl-ca` names"),
            }
        })?;
        if address.user().is_none() {
            return Err(Error::usage("the address names no user").hint(form));
        }
        Ok(Self { address })
    }

    /// A session that may do what is needed.
    pub(super) fn open(&self) -> Result<(Session, Dialect, Facts)> {
        let (session, dialect, facts) = self.look()?;
        facts.refuse_lacks(&self.address.shown)?;
        Ok((session, dialect, facts))
    }

    /// Logs in and looks around.
    pub(super) fn look(&self) -> Result<(Session, Dialect, Facts)> {
        let doing = format!("cannot use {}", self.address.shown);
        let mut session = Session::open(&self.address).map_err(|error| failed(&doing, &error))?;
        let facts = read(&mut session).map_err(|error| failed(&doing, &error))?;
        facts
            .map(|(dialect, facts)| (session, dialect, facts))
            .map_err(|why| Error::usage(format!("{doing}: {}", why.0)).hint(why.1))
    }
}

/// What a server says about itself; or why nothing can be created on it, and what helps.
type Usable = Result<(Dialect, Facts), (String, String)>;

/// Looks around.
fn read(session: &mut Session) -> Result<Usable, SessionError> {
    let rows = session.rows("SELECT VERSION(), @@global.read_only, CURRENT_USER()")?;
    let row = rows.into_iter().next().unwrap_or_default();
    let (banner, read_only, user) = (column(&row, 0), column(&row, 1), column(&row, 2).to_owned());
    let version = banner.split('-').next().unwrap_or_default().to_owned();
    let literal = session.rows("SHOW GLOBAL VARIABLES LIKE 'partial_revokes'")?;
    let dialect = Dialect::of(banner, literal.first().is_some_and(|row| column(row, 1) == "ON"));
    let product = dialect.product();
    if let Some(oldest) = dialect.too_old(&version) {
        return Ok(Err((format!("it is {product} {version}"), format!("use {product} {oldest} or later"))));
    }
    if !matches!(read_only, "0" | "OFF") {
        return Ok(Err(("it is read-only: a replica, or in maintenance".to_owned(), "use the primary".to_owned())));
    }
    let privileges = privileges_of(session, &user)?;
    let lacks = lacks(&privileges, dialect, &account(&user));
    let sees_sessions = !lacks.iter().any(|lack| lack.right.contains("PROCESS"));
    if sees_sessions && !session.rows(dialect.replica())?.is_empty() {
        return Ok(Err(("it replicates another server".to_owned(), "use the primary".to_owned())));
    }
    let wide: Vec<&str> = dialect.too_wide().iter().copied().filter(|right| privileges.contains_key(*right)).collect();
    let too_wide = (!wide.is_empty()).then(|| format!("{user} has the rights {}: takk needs none of them", wide.join(", ")));
    let tls = session.rows("SHOW STATUS LIKE 'Ssl_cipher'")?;
    let count = session.rows(&format!("SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN {SYSTEM}"))?;
    let count = count.first().and_then(|row| column(row, 0).parse().ok()).unwrap_or_default();
    let can_see_users = privileges.contains_key("SELECT");
    let facts = Facts {
        product,
        version,
        user,
        too_wide,
        is_encrypted: tls.first().is_some_and(|row| !column(row, 1).is_empty()),
        noun: "database",
        holdings: BTreeMap::from([(String::new(), count)]),
        open_to_all: if can_see_users { open_to_all(session)? } else { Vec::new() },
        open_hint: "DELETE FROM mysql.db WHERE User = ''; FLUSH PRIVILEGES",
        lacks,
    };
    Ok(Ok((dialect, facts)))
}

/// The rights on the whole server, each with whether it may be passed on.
fn privileges_of(session: &mut Session, user: &str) -> Result<BTreeMap<String, bool>, SessionError> {
    let rows = session.rows(&format!(
        "SELECT PRIVILEGE_TYPE, IS_GRANTABLE FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = {}",
        text(&account(user))
    ))?;
    Ok(rows.iter().map(|row| (column(row, 0).to_owned(), column(row, 1) == "YES")).collect())
}

/// A login `name@host`, as `CURRENT_USER()` has it, in the form of statements and of `information_schema`.
fn account(user: &str) -> String {
    let (name, host) = user.rsplit_once('@').unwrap_or((user, "%"));
    format!("'{name}'@'{host}'")
}

fn lacks(privileges: &BTreeMap<String, bool>, dialect: Dialect, account: &str) -> Vec<Lack> {
    let own: Vec<&str> = dialect.own_rights().into_iter().filter(|right| !privileges.contains_key(*right)).collect();
    // Whoever has the right to grant has it for each of the rights.
    let passed_on: Vec<&str> = ALL.iter().copied().filter(|right| privileges.get(*right) != Some(&true)).collect();
    let [for_itself, to_pass_on] = grants(dialect, account);
    let mut lacks = Vec::new();
    if !own.is_empty() {
        lacks.push(Lack { right: own.join(" and "), remedy: format!("as an administrator: {for_itself}") });
    }
    if !passed_on.is_empty() {
        let right = format!("the right to grant {}", passed_on.join(", "));
        lacks.push(Lack { right, remedy: format!("as an administrator: {to_pass_on}") });
    }
    lacks
}

/// The statements that give a login what takk needs.
fn grants(dialect: Dialect, account: &str) -> [String; 2] {
    let own = list(&dialect.own_rights());
    [format!("GRANT {own} ON *.* TO {account}"), format!("GRANT {} ON *.* TO {account} WITH GRANT OPTION", list(ALL))]
}

/// The databases that an account without a name, which is everybody's, has rights to.
fn open_to_all(session: &mut Session) -> Result<Vec<String>, SessionError> {
    let rows = session.rows("SELECT DISTINCT Db FROM mysql.db WHERE User IN ('', 'PUBLIC') ORDER BY Db")?;
    Ok(rows.iter().map(|row| column(row, 0).replace('\\', "")).collect())
}

/// The hosts from which logins end up with an account without a name, and fail.
pub(super) fn anonymous(session: &mut Session) -> Result<BTreeSet<String>, SessionError> {
    let rows = session.rows("SELECT Host FROM mysql.user WHERE User = '' AND Host <> ''")?;
    Ok(rows.iter().map(|row| column(row, 0).to_owned()).collect())
}

/// A column as text; empty where it is null.
pub(super) fn column(row: &Row, place: usize) -> &str {
    row.get(place).and_then(Option::as_deref).unwrap_or_default()
}

/// What went wrong with a server, and what helps.
pub(super) fn failed(doing: &str, error: &SessionError) -> Error {
    match error {
        SessionError::Refused { code, message } => {
            let failure = Error::usage(format!("{doing}: {message}"));
            match code {
                1045 | 1130 | 1698 => failure.hint(
                    "check user and password, from which hosts the user may log in, and whether the server has an anonymous user \
                     (''@'localhost'), which takes the logins from its host: DROP USER ''@'localhost'",
                ),
                1290 | 1792 | 1836 => failure.hint("the server is read-only: use the primary"),
                1205 | 1969 => failure.hint("somebody holds a table of it: end that session, then run the command again"),
                _ => failure,
            }
        }
        SessionError::Unavailable(_) => Error::system(format!("{doing}: {error}"))
            .hint("check host and port, and whether the server runs; what was begun continues with the same command"),
        SessionError::Untrusted(_) => Error::usage(format!("{doing}: {error}")).hint(
            "use the host name in the certificate, and name the CA that signed it: ?ssl-mode=VERIFY_IDENTITY&ssl-ca=/path/to/ca.pem",
        ),
        SessionError::Unencrypted => Error::usage(format!("{doing}: {error}"))
            .hint("enable TLS in the server (`ssl_cert` and `ssl_key`); on a network that you trust, connect without it: ?ssl-mode=DISABLED"),
    }
}
