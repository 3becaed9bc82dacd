//! A server of one test, with an administrator of least rights, and one who may do everything.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::certificate::certify;
use super::super::server::given;
use crate::ports::free_port;
use crate::process::Answer;
use crate::python::{run, venv};
use crate::up::project::Checkout;
use crate::up::servers::path_with;

/// The password of the administrator. Nothing but its own compartment may have it.
pub(super) const ADMIN: &str = "canary-71c4-of-clickhouse";
/// What the page of ClickHouse says that an administrator needs.
const OWN: &str =
    "GRANT CREATE DATABASE, DROP DATABASE, CREATE USER, ALTER USER, DROP USER, SHOW USERS, SHOW ROLES, KILL QUERY ON *.*";
const TO_PASS_ON: &str = "GRANT SHOW, SELECT, INSERT, ALTER TABLE, ALTER VIEW, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY, DROP TABLE, \
                          DROP VIEW, DROP DICTIONARY, TRUNCATE, OPTIMIZE, dictGet ON *.* WITH GRANT OPTION";
const ROOT: &str = "root-of-clickhouse";

pub(super) struct Server {
    child: Child,
    directory: TempDir,
    pub port: u16,
    has_tls: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub(super) fn new() -> Self {
        Self::with(false)
    }

    /// One with TLS, and a certificate for `localhost` that it has signed itself.
    pub(super) fn with_tls() -> Self {
        Self::with(true)
    }

    fn with(has_tls: bool) -> Self {
        // What it would install in addition is for dataframes.
        let python = venv(&["--no-deps", "chdb-core-lite==26.5.0"]).join("bin/python");
        let (directory, port) = (tempfile::tempdir().expect("a directory"), free_port());
        if has_tls {
            certify(directory.path());
        }
        let users = json!({
            "adm": { "password": ADMIN, "grants": [OWN, TO_PASS_ON] },
            "root": { "password": ROOT, "grants": ["GRANT ALL ON *.* WITH GRANT OPTION"] },
            "weak": { "password": "s3cret", "grants": [] },
            "looks": { "password": "s3cret", "grants": [OWN] },
        });
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/provision/clickhouse/server.py");
        let mut command = Command::new(python);
        command.arg(program).arg(port.to_string()).arg(directory.path()).arg(users.to_string());
        let child = command.stdin(Stdio::null()).spawn().expect("it starts");
        let server = Self { child, directory, port, has_tls };
        let begun = Instant::now();
        while server.try_ask("root", ROOT, "SELECT 1").is_none_or(|said| said.trim() != "1") {
            assert!(begun.elapsed() < Duration::from_mins(2), "it does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        server
    }

    pub(super) fn certificate(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    fn base(&self) -> String {
        let (scheme, host) = if self.has_tls { ("https", "localhost") } else { ("http", "127.0.0.1") };
        format!("{scheme}://{host}:{}", self.port)
    }

    fn curl(&self) -> Command {
        let mut command = Command::new("curl");
        command.args(["-s", "-S"]);
        if self.has_tls {
            command.arg("--cacert").arg(self.certificate());
        }
        command
    }

    fn try_ask(&self, user: &str, password: &str, query: &str) -> Option<String> {
        let mut command = self.curl();
        command.args(["-H", &format!("X-ClickHouse-User: {user}"), "-H", &format!("X-ClickHouse-Key: {password}")]);
        let output = command.args(["--data-binary", query, &self.base()]).output().expect("curl runs");
        output.status.success().then(|| String::from_utf8(output.stdout).expect("text"))
    }

    /// What the server answers to a login: rows with tabs, or an error with its code.
    #[track_caller]
    pub(super) fn ask(&self, user: &str, password: &str, query: &str) -> String {
        self.try_ask(user, password, query).expect("it answers")
    }

    /// A statement of somebody who may do everything.
    #[track_caller]
    pub(super) fn root(&self, query: &str) -> String {
        let said = self.ask("root", ROOT, query);
        assert!(!said.contains("DB::Exception"), "{query}: {said}");
        said
    }

    /// Sets or removes users, and returns all of them.
    pub(super) fn users(&self, changed: &Value) -> Value {
        let said = run(self.curl().args(["-X", "PUT", "--data-binary", &changed.to_string(), &self.base()]));
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    pub(super) fn user(&self, name: &str) -> Value {
        self.users(&json!({}))[name].clone()
    }

    /// Every statement that it got.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("query.log")).expect("it is written")
    }

    pub(super) fn databases(&self) -> String {
        self.root("SELECT name FROM system.databases")
    }

    /// The files of the databases. To ask as somebody else, the engine would start anew.
    pub(super) fn files(&self) -> Vec<String> {
        let data = self.directory.path().join("data");
        assert!(data.is_dir(), "the engine has started");
        // It makes this one with the first database.
        let entries = fs::read_dir(data.join("metadata")).into_iter().flatten();
        entries.map(|entry| entry.expect("readable").file_name().into_string().expect("text")).collect()
    }

    /// That no database and no user of a name is left.
    #[track_caller]
    pub(super) fn has_no_trace_of(&self, name: &str) {
        let (users, files) = (self.users(&json!({})).to_string(), self.files());
        assert!(!files.iter().any(|file| file.contains(name)) && !users.contains(name), "{files:?} {users}");
    }

    pub(super) fn admin_url(&self) -> String {
        let url = self.url_of("adm", ADMIN);
        if self.has_tls { format!("{url}?cacertfile={}", self.certificate().display()) } else { url }
    }

    /// The address with another login.
    pub(super) fn url_of(&self, user: &str, password: &str) -> String {
        self.base().replacen("://", &format!("://{user}:{password}@"), 1)
    }
}

pub(super) fn checkout(name: &str) -> Checkout {
    Checkout::new(name, "clickhouse_url: Annotated[SecretStr, ResourceTags.clickhouse_dsn]", path_with(&[]), None)
}

/// Tries an admin address.
pub(super) fn set(checkout: &Checkout, environment: &str, address: &str) -> Answer {
    given(checkout, &["provision", "admin", "set", "clickhouse", "--env", environment, "--stdin"], address)
}

/// Stores the admin address of the server for an environment.
#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    set(checkout, environment, &server.admin_url()).done()
}
