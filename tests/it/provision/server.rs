//! A PostgreSQL server for one test, with a password for every login, an admin with minimal rights, and a log of every
//! statement.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use postgres::{Client, NoTls};
use tempfile::TempDir;

use super::certificate::certify;
use crate::ports::free_port;
use crate::process::{Answer, piped};
use crate::python::run;
use crate::up::project::Checkout;
use crate::up::servers::{is_root, path_with, postgres, unprivileged};

pub(super) const SUPERUSER: &str = "the-password-of-the-superuser";
/// The password of the admin. Nothing but its own compartment may have it.
pub(crate) const ADMIN: &str = "canary-9f2b47d1c0ffee-of-the-admin";

pub(crate) struct Server {
    directory: TempDir,
    programs: PathBuf,
    pub port: u16,
    has_tls: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut command = self.pg_ctl(&["stop", "-m", "immediate"]);
        let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

impl Server {
    /// Starts one of this major version. `None`, and a line that says so, where npm has not given it.
    pub(crate) fn new(major: u32) -> Option<Self> {
        Self::with(major, false)
    }

    /// One with TLS, and a certificate for `localhost` that it has signed itself.
    pub(crate) fn with_tls(major: u32) -> Option<Self> {
        Self::with(major, true)
    }

    fn with(major: u32, has_tls: bool) -> Option<Self> {
        let programs = postgres(major)?.join("bin");
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).expect("permitted");
        let password = directory.path().join("password");
        fs::write(&password, SUPERUSER).expect("written");
        let own = directory.path().join("own");
        fs::create_dir(&own).expect("made");
        if is_root() {
            run(Command::new("chown").arg("nobody").arg(&own));
        }
        let mut initdb = unprivileged(&programs.join("initdb"));
        initdb.args(["--no-sync", "--auth=scram-sha-256", "--username=postgres", "--encoding=UTF8", "--locale=C"]);
        run(initdb.arg("--pwfile").arg(&password).arg("-D").arg(own.join("data")));
        let port = free_port();
        let server = Self { directory, programs, port, has_tls };
        if has_tls {
            certify(&server.directory.path().join("own"));
        }
        server.start();
        let admin = format!("CREATE ROLE adm LOGIN CREATEROLE CREATEDB PASSWORD '{ADMIN}'");
        server.superuser("postgres").batch_execute(&admin).expect("made");
        Some(server)
    }

    /// The certificate of a server with TLS.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.directory.path().join("own/certificate.pem")
    }

    /// The address of the admin over TLS.
    pub(crate) fn admin_url_with_tls(&self) -> String {
        let file = self.certificate().display().to_string();
        format!("postgresql://adm:{ADMIN}@localhost:{}/postgres?sslmode=verify-full&sslrootcert={file}", self.port)
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Command {
        let mut command = unprivileged(&self.programs.join("pg_ctl"));
        command.args(arguments).arg("-D").arg(self.directory.path().join("own/data"));
        command
    }

    pub(crate) fn start(&self) {
        let mut settings = format!("-p {} -k '' -c listen_addresses=127.0.0.1 -c fsync=off -c log_statement=all", self.port);
        if self.has_tls {
            let key = self.directory.path().join("own/key.pem");
            let _ = write!(
                settings,
                " -c ssl=on -c ssl_cert_file={} -c ssl_key_file={}",
                self.certificate().display(),
                key.display()
            );
        }
        let mut command = unprivileged(&self.programs.join("pg_ctl"));
        command.args(["start", "-w", "-s", "-o", &settings, "-l"]).arg(self.directory.path().join("own/log"));
        command.arg("-D").arg(self.directory.path().join("own/data"));
        // The server would keep inherited output streams open.
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it runs");
        assert!(status.success(), "{}", self.log());
    }

    pub(crate) fn stop(&self) {
        run(&mut self.pg_ctl(&["stop", "-m", "fast", "-w", "-s"]));
    }

    /// From the next start on, the server is a replica that waits for its primary.
    pub(crate) fn becomes_a_replica(&self) {
        self.stop();
        let signal = self.directory.path().join("own/data/standby.signal");
        fs::write(&signal, "").expect("written");
        fs::set_permissions(&signal, PermissionsExt::from_mode(0o644)).expect("permitted");
        if is_root() {
            run(Command::new("chown").arg("nobody").arg(&signal));
        }
        self.start();
    }

    /// What the server wrote: every statement that it was given.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("own/log")).unwrap_or_default()
    }

    fn url(&self, user: &str, password: &str, database: &str) -> String {
        format!("postgresql://{user}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    pub(crate) fn superuser_url(&self) -> String {
        self.url("postgres", SUPERUSER, "postgres")
    }

    pub(crate) fn admin_url(&self) -> String {
        self.url("adm", ADMIN, "postgres")
    }

    pub(crate) fn superuser(&self, database: &str) -> Client {
        Client::connect(&self.url("postgres", SUPERUSER, database), NoTls).expect("it answers")
    }

    /// Runs statements as a superuser.
    pub(crate) fn run(&self, statements: &str) {
        self.superuser("postgres").batch_execute(statements).unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// One text that a superuser reads.
    pub(crate) fn text(&self, query: &str) -> String {
        self.superuser("postgres").query_one(query, &[]).unwrap_or_else(|error| panic!("{query}: {error}")).get(0)
    }

    /// How many things a superuser finds.
    pub(crate) fn count(&self, from: &str) -> i64 {
        let query = format!("SELECT count(*) FROM {from}");
        self.superuser("postgres").query_one(&query, &[]).unwrap_or_else(|error| panic!("{query}: {error}")).get(0)
    }

    /// Asserts that nothing of a resource is left: no role, database, right or setting, and no comment on anything that is
    /// gone.
    #[track_caller]
    pub(crate) fn has_no_trace_of(&self, name: &str) {
        assert_eq!(self.count(&format!("pg_roles WHERE rolname LIKE '{name}%'")), 0);
        assert_eq!(self.count(&format!("pg_database WHERE datname LIKE '{name}%'")), 0);
        let gone = "NOT EXISTS (SELECT FROM pg_authid WHERE oid";
        assert_eq!(
            self.count(&format!(
                "pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid >= 16384 AND {gone} = refobjid)"
            )),
            0
        );
        assert_eq!(self.count(&format!("pg_auth_members WHERE {gone} = roleid) OR {gone} = member)")), 0);
        assert_eq!(self.count(&format!("pg_db_role_setting WHERE setrole <> 0 AND {gone} = setrole)")), 0);
        let orphans = format!(
            "pg_shdescription WHERE classoid = 'pg_authid'::regclass AND {gone} = objoid) OR classoid = 'pg_database'::regclass \
             AND NOT EXISTS (SELECT FROM pg_database WHERE oid = objoid)"
        );
        assert_eq!(self.count(&orphans), 0);
        assert_eq!(self.count(&format!("pg_stat_activity WHERE usename LIKE '{name}%'")), 0);
    }
}

/// A checkout with one PostgreSQL, and no other server in reach.
pub(crate) fn checkout(name: &str) -> Checkout {
    Checkout::new(name, "database_url: PostgresDsn", path_with(&[]), None)
}

/// Asserts that an admin address was refused in these words, and that nothing was said of the passwords in it.
#[track_caller]
pub(super) fn is_refused_address(answer: &Answer, words: &[&str], admin: &str) {
    let said = format!("{}{}", answer.out, answer.err);
    assert_eq!(answer.code, 2, "{said}");
    for word in words {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains(admin) && !said.contains("s3cret"), "{said}");
}

/// User and password of a URL.
pub(super) fn login(url: &str) -> (String, String) {
    let login = url.split_once("://").and_then(|(_, rest)| rest.split_once('@')).expect("a URL").0;
    let (user, password) = login.split_once(':').expect("a password");
    (user.to_owned(), password.to_owned())
}

/// `takk` with a text on its standard input.
pub(crate) fn given(checkout: &Checkout, arguments: &[&str], text: &str) -> Answer {
    piped(checkout.command(arguments), text.as_bytes())
}

/// Stores the admin address of the server for an environment.
#[track_caller]
pub(crate) fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    given(checkout, &["provision", "admin", "set", "postgres", "--env", environment, "--stdin"], &server.admin_url()).done()
}

/// A connection with a URL that takk stored.
pub(crate) fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap_or_else(|error| panic!("{error}: {:?}", std::error::Error::source(&error)))
}

/// The server's error for a statement that it rejects.
#[track_caller]
pub(crate) fn refusal(client: &mut Client, statement: &str) -> String {
    let error = client.batch_execute(statement).expect_err(statement);
    error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}
