//! Extensions of a database of PostgreSQL: created where the login may, and otherwise named, with the statement for an administrator.
//!
//! The owner of the database creates *trusted* extensions, so that it may change and drop them later. Others are for superusers; a
//! service may let its administrator create some of them, so that is tried.

use takk_catalog::{catalog, major_of};
use takk_database::{Address, Session, SessionError, quoted, text};
use takk_model::error::Error;

use super::admin::column;
use super::login::own_url;
use crate::ledger::Entry;
use crate::login::NotReady;

/// What a server says about an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offered {
    name: String,
    is_installed: bool,
    /// Whether the owner of a database may create it.
    is_trusted: bool,
    /// Whether it needs others, which are created with it.
    has_requirements: bool,
}

/// Why an extension was not created.
enum Shortfall {
    /// The server does not have its files.
    Unknown(String),
    /// The login may not create it.
    Denied(Offered),
    /// The server rejects it for another reason.
    Failed(String, String),
}

/// Who creates extensions.
pub(crate) struct Creator<'c> {
    /// The login, and the database.
    pub address: &'c Address,
    pub database: &'c str,
    /// The role that owns the database, if it is not the login itself.
    pub owner: Option<&'c str>,
}

impl Offered {
    fn statement(&self) -> String {
        let cascade = if self.has_requirements { " CASCADE" } else { "" };
        format!("CREATE EXTENSION IF NOT EXISTS {}{cascade}", quoted(&self.name))
    }
}

/// What the server of a session offers, in the order of `names`; the others it does not have.
fn offered(session: &mut Session, names: &[String]) -> Result<Vec<Offered>, SessionError> {
    let list: Vec<String> = names.iter().map(|name| text(name)).collect();
    let rows = session.rows(&format!(
        "SELECT e.name, e.installed_version IS NOT NULL, COALESCE(v.trusted, false), COALESCE(cardinality(v.requires), 0) > 0 \
         FROM pg_available_extensions e LEFT JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version \
         WHERE e.name IN ({}) UNION SELECT extname, true, true, false FROM pg_extension WHERE extname IN ({0}) \
         AND extname NOT IN (SELECT name FROM pg_available_extensions)",
        list.join(", ")
    ))?;
    let is = |row: &takk_database::Row, place: usize| column(row, place) == "t";
    let read = |row: &takk_database::Row| Offered {
        name: column(row, 0).to_owned(),
        is_installed: is(row, 1),
        is_trusted: is(row, 2),
        has_requirements: is(row, 3),
    };
    let found: Vec<Offered> = rows.iter().map(read).collect();
    Ok(names.iter().filter_map(|name| found.iter().find(|offered| offered.name == *name).cloned()).collect())
}

/// The statements that would create extensions on a server whose database does not exist yet, for people.
pub(super) fn preview(session: &mut Session, names: &[String], owner: &str) -> Result<Vec<String>, SessionError> {
    let offered = offered(session, names)?;
    let line = |name: &String| match offered.iter().find(|offered| offered.name == *name) {
        None => format!("-- the server does not have the extension {}", quoted(name)),
        Some(found) if found.is_trusted => format!("SET ROLE {}; {}; RESET ROLE;", quoted(owner), found.statement()),
        Some(found) => format!("{};", found.statement()),
    };
    Ok(names.iter().map(line).collect())
}

/// Creates the extensions that a database lacks. `Some` error says which it still lacks, and what to do.
pub(crate) fn create(creator: &Creator<'_>, entry: &Entry, names: &[String]) -> Result<Option<Error>, SessionError> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut session = Session::open(creator.address)?;
    let offered = offered(&mut session, names)?;
    let mut short = Vec::new();
    for name in names {
        let Some(found) = offered.iter().find(|offered| offered.name == *name) else {
            short.push(Shortfall::Unknown(name.clone()));
            continue;
        };
        if found.is_installed {
            continue;
        }
        // One that fails to load ends the session.
        let mut session = Session::open(creator.address)?;
        let statement = match creator.owner.filter(|_| found.is_trusted) {
            Some(owner) => format!("SET ROLE {};\n{}", quoted(owner), found.statement()),
            None => found.statement(),
        };
        match session.run(&statement) {
            Ok(()) => {}
            Err(error) if error.code() == Some("42501") => short.push(Shortfall::Denied(found.clone())),
            // Somebody else created it at the same time.
            Err(error) if matches!(error.code(), Some("42710" | "23505")) => {}
            Err(error) => short.push(Shortfall::Failed(name.clone(), error.to_string())),
        }
    }
    Ok((!short.is_empty()).then(|| said(&short, creator, entry)))
}

/// The error for what a database still lacks.
fn said(short: &[Shortfall], creator: &Creator<'_>, entry: &Entry) -> Error {
    let names: Vec<&str> = short
        .iter()
        .map(|short| match short {
            Shortfall::Unknown(name) | Shortfall::Failed(name, _) => name.as_str(),
            Shortfall::Denied(offered) => offered.name.as_str(),
        })
        .collect();
    let noun = if names.len() == 1 { "the extension" } else { "the extensions" };
    let mut error = Error::usage(format!("{} is created, but lacks {noun} {}", entry.key(), names.join(", ")));
    let version = entry.server_version.as_deref().or(entry.version.as_deref()).unwrap_or_default();
    let is_denied = short.iter().any(|short| matches!(short, Shortfall::Denied(_)));
    for short in short {
        error = match short {
            Shortfall::Denied(offered) => error.about(format!("{};", offered.statement())),
            Shortfall::Unknown(name) => error.about(format!("the server does not have {}", quoted(name))),
            Shortfall::Failed(name, why) => error.about(format!("{}: {why}", quoted(name))),
        };
    }
    if is_denied {
        error = error.hint(format!("only a superuser may create what is shown, in the database {}", creator.database));
    }
    for short in short {
        if let Shortfall::Unknown(name) = short {
            error = error.hint(package(name, version));
        }
    }
    error.hint("then run the command again; the program can log in meanwhile")
}

/// What installs an extension on the machine of a server.
fn package(name: &str, version: &str) -> String {
    let known = catalog().kinds().flat_map(|kind| kind.extensions).find(|extension| extension.name == name);
    let major = major_of(version);
    match known.filter(|_| !major.is_empty()).and_then(|extension| extension.debian_package(version)) {
        Some(package) => format!("install {package} (Debian) on the machine of the server"),
        None => format!("install the package that has {} for PostgreSQL {major} on the machine of the server", quoted(name)),
    }
}

/// Whether the database of an entry has the extensions that it should, as its own login sees it.
pub(crate) fn complete(entry: &Entry) -> Result<(), NotReady> {
    if entry.extensions.is_empty() {
        return Ok(());
    }
    let mut session = super::login::open(&own_url(entry))?;
    let list: Vec<String> = entry.extensions.iter().map(|name| text(name)).collect();
    let rows = session.rows(&format!("SELECT extname FROM pg_extension WHERE extname IN ({})", list.join(", ")));
    let rows = rows.map_err(super::login::not_ready)?;
    let is_there = |name: &&String| rows.iter().any(|row| column(row, 0) == *name);
    let missing: Vec<&str> = entry.extensions.iter().filter(|name| !is_there(name)).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let noun = if missing.len() == 1 { "the extension" } else { "the extensions" };
    Err(NotReady::Incomplete(format!("the database lacks {noun} {}", missing.join(", "))))
}

/// Creates the extensions of a server that takk runs, whose own login is a superuser.
pub(crate) fn create_on_own(entry: &Entry) -> Result<Option<Error>, NotReady> {
    if entry.extensions.is_empty() {
        return Ok(None);
    }
    let address = Address::parse(&own_url(entry)).map_err(|error| NotReady::OtherServer(error.to_string()))?;
    let database = entry.credentials.get("database").map(|name| name.to_string()).unwrap_or_default();
    create(&Creator { address: &address, database: &database, owner: None }, entry, &entry.extensions)
        .map_err(super::login::not_ready)
}
