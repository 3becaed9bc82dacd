//! An admin address, and what the server reports about its login.

use std::collections::BTreeMap;

use takk_database::{Address, AddressError, Row, Session, SessionError, quoted};
use takk_model::error::{Error, Result};

use super::super::{Facts, Lack};

/// The oldest version with which this was tested.
const OLDEST: u32 = 140_000;

/// How an address is written.
pub(super) const FORM: &str = "postgresql://user:password@host:5432/postgres?sslmode=verify-full";

/// A login that may create roles and databases.
pub(super) struct PostgresAdmin {
    pub(super) address: Address,
    pub(super) host: String,
}

/// What a server reports about itself and an admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub about: Facts,
    pub version_number: u32,
}

impl Server {
    /// Whether the admin may do everything.
    pub(super) fn is_superuser(&self) -> bool {
        self.about.too_wide.is_some()
    }
}

impl PostgresAdmin {
    /// Parses an address. No error contains a part of its password.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let form = format!("write it as {FORM}");
        let address = Address::parse(text).map_err(|error| {
            let failure = Error::usage(error.to_string());
            match error {
                AddressError::Invalid { .. } => failure.hint(form.as_str()),
                AddressError::File { source, .. } => failure.caused_by(source).hint("check the file that `sslrootcert` names"),
            }
        })?;
        let one_host = || Error::usage("the address must name one host, to which takk connects over TCP").hint(form.as_str());
        let host = address.host().ok_or_else(one_host)?.to_owned();
        if address.user().is_none() {
            return Err(Error::usage("the address names no user").hint(form.as_str()));
        }
        Ok(Self { address, host })
    }

    /// A session with the necessary rights.
    pub(super) fn open(&self) -> Result<(Session, Server)> {
        let (session, server) = self.look()?;
        server.about.refuse_lacks(&self.address.shown)?;
        Ok((session, server))
    }

    /// Fails if every login may create tables in the schema `public` of a new database, and the admin cannot change that:
    /// PostgreSQL 14.
    pub(super) fn refuse_open_schema(&self, server: &Server) -> Result<()> {
        if server.is_superuser() || server.version_number >= 150_000 {
            return Ok(());
        }
        let query = "SELECT has_schema_privilege('public', oid, 'CREATE') OR pg_get_userbyid(nspowner) <> 'pg_database_owner' \
                     FROM pg_namespace WHERE nspname = 'public'";
        let doing = format!("cannot look into the template of {}", self.address.shown);
        let ask = || Session::open(&self.address.with_database("template1"))?.rows(query);
        let rows = ask().map_err(|error| failed(&doing, &error))?;
        if rows.iter().all(|row| column(row, 0) == "f") {
            return Ok(());
        }
        Err(Error::usage(format!("in PostgreSQL {}, every login may create tables in the schema public", server.about.version))
            .about("the level `full` needs a login that cannot")
            .hint("as a superuser in the database template1: ALTER SCHEMA public OWNER TO pg_database_owner; REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    }

    /// Logs in and inspects the server.
    pub(super) fn look(&self) -> Result<(Session, Server)> {
        let doing = format!("cannot use {}", self.address.shown);
        let mut session = Session::open(&self.address).map_err(|error| failed(&doing, &error))?;
        let server = Server::read(&mut session).map_err(|error| failed(&doing, &error))?;
        server.map(|server| (session, server)).map_err(|why| Error::usage(format!("{doing}: {}", why.0)).hint(why.1))
    }
}

impl Server {
    /// Inspects the server. If nothing can be created on it, returns why, and a hint.
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
            lacks.push(Lack {
                right: right.to_owned(),
                remedy: format!("as a superuser: ALTER ROLE {} {right}", quoted(&user)),
            });
        }
        let tls = session.rows("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")?;
        let is_encrypted = tls.first().is_some_and(|row| column(row, 0) == "t");
        let mut holdings = BTreeMap::new();
        let mut open_to_all = Vec::new();
        let all = session.rows(
            "SELECT datname, pg_get_userbyid(datdba), has_database_privilege('public', oid, 'CONNECT') \
             FROM pg_database WHERE NOT datistemplate AND datallowconn ORDER BY datname",
        )?;
        for row in all {
            *holdings.entry(column(&row, 1).to_owned()).or_insert(0) += 1;
            if column(&row, 2) == "t" {
                open_to_all.push(column(&row, 0).to_owned());
            }
        }
        let too_wide = is_superuser.then(|| {
            format!("{user} is a superuser. takk needs less: CREATE ROLE takk_admin LOGIN CREATEROLE CREATEDB PASSWORD '...'")
        });
        let about = Facts {
            product: "PostgreSQL",
            version,
            user,
            too_wide,
            is_encrypted,
            noun: "database",
            holdings,
            open_to_all,
            open_hint: "REVOKE CONNECT ON DATABASE ... FROM PUBLIC",
            lacks,
        };
        Ok(Ok(Self { about, version_number }))
    }
}

/// A column as text; empty if it is null.
pub(super) fn column(row: &Row, place: usize) -> &str {
    row.get(place).and_then(Option::as_deref).unwrap_or_default()
}

/// What went wrong with a server, with a hint.
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
