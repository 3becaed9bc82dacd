//! An admin address, and what the server says about the login that it names.

use std::collections::BTreeMap;

use takk_database::{Address, AddressError, Row, Session, SessionError, quoted};
use takk_model::error::{Error, Result};

/// The oldest server on which what is done here was tried.
const OLDEST: u32 = 140_000;

/// A login that may create roles and databases.
pub struct Admin {
    pub(super) address: Address,
    host: String,
}

/// What a server says about itself and an admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// `17.10`
    pub version: String,
    pub(super) version_number: u32,
    pub user: String,
    /// It may do everything: more than takk needs.
    pub is_superuser: bool,
    pub is_encrypted: bool,
    /// Databases that are there, by owner.
    pub databases: BTreeMap<String, usize>,
    /// Those that every login may connect to.
    pub open_to_all: Vec<String>,
    pub lacks: Vec<Lack>,
}

/// A right that the admin needs and does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    pub right: &'static str,
    /// What grants it.
    pub sql: String,
}

impl Admin {
    /// Reads an address. No error contains a part of its password.
    pub fn parse(text: &str) -> Result<Self> {
        let form = "write it as postgresql://user:password@host:5432/postgres?sslmode=verify-full";
        let address = Address::parse(text).map_err(|error| {
            let failure = Error::usage(error.to_string());
            match error {
                AddressError::Invalid { .. } => failure.hint(form),
                AddressError::File { source, .. } => failure.caused_by(source).hint("check the file that `sslrootcert` names"),
            }
        })?;
        let one_host = || Error::usage("the address must name one host, to which takk connects over TCP").hint(form);
        let host = address.host().ok_or_else(one_host)?.to_owned();
        if address.user().is_none() {
            return Err(Error::usage("the address names no user").hint(form));
        }
        Ok(Self { address, host })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address without its password and parameters.
    pub fn shown(&self) -> &str {
        &self.address.shown
    }

    pub(super) fn ssl_mode(&self) -> Option<&str> {
        self.address.ssl_mode()
    }

    pub(super) fn ssl_roots(&self) -> Option<&str> {
        self.address.ssl_roots()
    }

    /// Whether it connects over TLS or not at all.
    pub fn requires_tls(&self) -> bool {
        self.address.requires_tls()
    }

    /// Logs in and looks around.
    ///
    /// # Errors
    ///
    /// If it does not accept the login, or if nothing could be created on it whatever rights the admin has.
    pub fn facts(&self) -> Result<Facts> {
        Ok(self.look()?.1)
    }

    /// A session that may do what is needed.
    pub(super) fn open(&self) -> Result<(Session, Facts)> {
        let (session, facts) = self.look()?;
        facts.refuse_lacks(self.shown())?;
        Ok((session, facts))
    }

    /// Stops where everybody may create tables in the schema `public` of a new database, and the admin cannot change that: PostgreSQL 14.
    pub(super) fn refuse_open_schema(&self, facts: &Facts) -> Result<()> {
        if facts.is_superuser || facts.version_number >= 150_000 {
            return Ok(());
        }
        let query = "SELECT has_schema_privilege('public', oid, 'CREATE') OR pg_get_userbyid(nspowner) <> 'pg_database_owner' \
                     FROM pg_namespace WHERE nspname = 'public'";
        let doing = format!("cannot look into the template of {}", self.shown());
        let ask = || Session::open(&self.address.with_database("template1"))?.rows(query);
        let rows = ask().map_err(|error| failed(&doing, &error))?;
        if rows.iter().all(|row| column(row, 0) == "f") {
            return Ok(());
        }
        Err(Error::usage(format!("in PostgreSQL {}, every login may create tables in the schema public", facts.version))
            .about("the level `full` needs a login that cannot")
            .hint("as a superuser in the database template1: ALTER SCHEMA public OWNER TO pg_database_owner; REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    }

    fn look(&self) -> Result<(Session, Facts)> {
        let doing = format!("cannot use {}", self.shown());
        let mut session = Session::open(&self.address).map_err(|error| failed(&doing, &error))?;
        let facts = Facts::read(&mut session).map_err(|error| failed(&doing, &error))?;
        facts.map(|facts| (session, facts)).map_err(|why| Error::usage(format!("{doing}: {}", why.0)).hint(why.1))
    }
}

impl Facts {
    /// The error for an admin that lacks a right.
    pub fn refuse_lacks(&self, shown: &str) -> Result<()> {
        if self.lacks.is_empty() {
            return Ok(());
        }
        let rights: Vec<&str> = self.lacks.iter().map(|lack| lack.right).collect();
        let error = Error::usage(format!("{shown} lacks {}", rights.join(" and ")));
        Err(self.lacks.iter().fold(error, |error, lack| error.hint(format!("as a superuser: {}", lack.sql))))
    }

    /// What the server says; or why nothing can be created on it, and what helps.
    fn read(session: &mut Session) -> Result<Result<Self, (String, String)>, SessionError> {
        let rows = session.rows(
            "SELECT current_setting('server_version'), current_setting('server_version_num'), version(), pg_is_in_recovery(), \
             current_setting('transaction_read_only'), current_user, rolsuper, rolcreaterole, rolcreatedb, rolinherit \
             FROM pg_roles WHERE rolname = current_user",
        )?;
        let row = rows.into_iter().next().unwrap_or_default();
        let is = |place: usize, wanted: &str| column(&row, place) == wanted;
        if !column(&row, 2).starts_with("PostgreSQL ") {
            return Ok(Err(("it is not PostgreSQL".to_owned(), "takk creates databases on PostgreSQL".to_owned())));
        }
        let version = column(&row, 0).split_whitespace().next().unwrap_or_default().to_owned();
        let version_number: u32 = column(&row, 1).parse().unwrap_or_default();
        if version_number < OLDEST {
            return Ok(Err((format!("it is PostgreSQL {version}"), "use PostgreSQL 14 or later".to_owned())));
        }
        if is(3, "t") {
            return Ok(Err(("it is in recovery: a replica, or not started yet".to_owned(), "use the primary".to_owned())));
        }
        if is(4, "on") {
            let hint = "use the primary, or a login without `default_transaction_read_only`".to_owned();
            return Ok(Err(("it is read-only".to_owned(), hint)));
        }
        let user = column(&row, 5).to_owned();
        let is_superuser = is(6, "t");
        let mut lacks = Vec::new();
        let rights = [(7, "CREATEROLE"), (8, "CREATEDB"), (9, "INHERIT")];
        for (_, right) in rights.into_iter().filter(|(place, _)| !is_superuser && !is(*place, "t")) {
            lacks.push(Lack { right, sql: format!("ALTER ROLE {} {right}", quoted(&user)) });
        }
        let tls = session.rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")?;
        let is_encrypted = tls.first().is_some_and(|row| column(row, 0) == "t");
        let mut databases = BTreeMap::new();
        let mut open_to_all = Vec::new();
        let all = session.rows(
            "SELECT datname, pg_get_userbyid(datdba), has_database_privilege('public', oid, 'CONNECT') \
             FROM pg_database WHERE NOT datistemplate AND datallowconn ORDER BY datname",
        )?;
        for row in all {
            *databases.entry(column(&row, 1).to_owned()).or_insert(0) += 1;
            if column(&row, 2) == "t" {
                open_to_all.push(column(&row, 0).to_owned());
            }
        }
        Ok(Ok(Self { version, version_number, user, is_superuser, is_encrypted, databases, open_to_all, lacks }))
    }
}

/// A column as text; empty where it is null.
pub(super) fn column(row: &Row, place: usize) -> &str {
    row.get(place).and_then(Option::as_deref).unwrap_or_default()
}

/// What went wrong with a server, and what helps.
pub(super) fn failed(doing: &str, error: &SessionError) -> Error {
    match error {
        SessionError::Refused { code, message, detail } => {
            let mut failure = Error::usage(format!("{doing}: {message}"));
            if let Some(detail) = detail {
                failure = detail.lines().fold(failure, Error::about);
            }
            match code.as_str() {
                "28P01" | "28000" => failure.hint("check user and password, and `pg_hba.conf` of the server"),
                "25006" => failure.hint("the server is read-only: use the primary"),
                _ => failure,
            }
        }
        SessionError::Unavailable(_) => Error::system(format!("{doing}: {error}"))
            .hint("check host and port, and whether the server runs; what was begun continues with the same command"),
        SessionError::Untrusted(_) => Error::usage(format!("{doing}: {error}")).hint(
            "use the host name in the certificate, and name the CA that signed it: ?sslmode=verify-full&sslrootcert=/path/to/ca.pem",
        ),
        SessionError::Unencrypted => Error::usage(format!("{doing}: {error}"))
            .hint("enable TLS in PostgreSQL (`ssl = on`); on a network that you trust, connect without it: ?sslmode=disable"),
    }
}
