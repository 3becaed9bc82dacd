//! A server of one test, with an administrator of least rights, and one who may do everything; and PyMongo, with which programs use it.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::certificate::certify;
use super::super::server::given;
use crate::ports::free_port;
use crate::process::Answer;
use crate::python::venv;
use crate::up::project::Checkout;
use crate::up::servers::path_with;

/// The password of the administrator. Nothing but its own compartment may have it.
pub(super) const ADMIN: &str = "canary-b83e-of-mongodb";
const ROOT: &str = "root-of-mongodb";
/// What the page of MongoDB says that an administrator needs.
const ON_DATABASES: [&str; 9] = [
    "createUser",
    "changePassword",
    "changeCustomData",
    "dropUser",
    "grantRole",
    "revokeRole",
    "viewUser",
    "listCollections",
    "dropDatabase",
];

pub(super) struct Server {
    child: Child,
    directory: TempDir,
    python: PathBuf,
    port: u16,
    has_tls: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            let unexpected = fs::read_to_string(self.directory.path().join("unexpected.log")).unwrap_or_default();
            assert_eq!(unexpected, "", "each command is one that MongoDB documents");
        }
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
        let python = venv(&["pymongo==4.20.1"]).join("bin/python");
        let (directory, port) = (tempfile::tempdir().expect("a directory"), free_port());
        if has_tls {
            certify(directory.path());
        }
        let on_databases = json!({ "resource": { "db": "", "collection": "" }, "actions": ON_DATABASES });
        let on_server = json!({ "resource": { "cluster": true }, "actions": ["killAnySession", "listDatabases"] });
        let everything = json!([{ "resource": { "anyResource": true }, "actions": ["anyAction"] }]);
        let users = json!({
            "adm": { "password": ADMIN, "privileges": [on_databases, on_server] },
            "root": { "password": ROOT, "privileges": everything, "roles": [{ "role": "root", "db": "admin" }] },
            "weak": { "password": "s3cret", "privileges": [on_databases] },
            "old": { "password": "s3cret", "privileges": [], "mechanisms": ["SCRAM-SHA-1"] },
        });
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/provision/mongo/server.py");
        let mut command = Command::new(&python);
        command.arg(program).arg(port.to_string()).arg(directory.path()).arg(users.to_string());
        let child = command.stdin(Stdio::null()).spawn().expect("it starts");
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_mins(1), "it does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, directory, python, port, has_tls }
    }

    pub(super) fn certificate(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    /// Makes it a server of another state, until the file is removed again.
    pub(super) fn becomes(&self, state: &str, is_so: bool) {
        let file = self.directory.path().join(state);
        if is_so { fs::write(file, "") } else { fs::remove_file(file) }.expect("changed");
    }

    /// What PyMongo answers to a program that has `client`: JSON, or the error as a text.
    pub(super) fn pymongo(&self, url: &str, expression: &str) -> Result<Value, String> {
        let program = format!(
            "import json, os, pymongo, sys\nclient = pymongo.MongoClient(sys.argv[1], serverSelectionTimeoutMS=5000)\n\
             print(json.dumps({expression}, default=str), flush=True)\nos._exit(0)"
        );
        // The end of the program would wait for the threads of PyMongo.
        let output = Command::new(&self.python).args(["-c", &program, url]).output().expect("Python runs");
        if output.status.success() {
            return Ok(serde_json::from_slice(&output.stdout).expect("JSON"));
        }
        let error = String::from_utf8_lossy(&output.stderr).trim_end().lines().last().unwrap_or_default().to_owned();
        Err(error)
    }

    /// A command of somebody who may do everything.
    #[track_caller]
    pub(super) fn root(&self, database: &str, command: &Value) -> Value {
        let url = format!("{}&authSource=admin", self.url_of("root", ROOT));
        let command = command.to_string().replace("true", "True").replace("null", "None");
        self.pymongo(&url, &format!("client[{database:?}].command({command})"))
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub(super) fn user(&self, name: &str) -> Value {
        let said = self.root("admin", &json!({ "usersInfo": [{ "user": name, "db": "admin" }] }));
        said["users"][0].clone()
    }

    pub(super) fn databases(&self) -> String {
        self.root("admin", &json!({ "listDatabases": 1 }))["databases"].to_string()
    }

    /// Every command that it got, without passwords.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("command.log")).expect("it is written")
    }

    /// The commands of the administrator that change something.
    pub(super) fn changes(&self) -> usize {
        let log = self.log();
        let of_admin = log.lines().filter_map(|line| line.strip_prefix("adm: {'"));
        let verbs = ["create", "update", "drop", "kill"];
        of_admin.filter(|line| verbs.iter().any(|verb| line.starts_with(verb))).count()
    }

    /// That no database and no user of a name is left.
    #[track_caller]
    pub(super) fn has_no_trace_of(&self, name: &str) {
        let users = ["1", "migrate_1"].map(|which| json!({ "user": format!("{name}_{which}"), "db": "admin" }));
        let users = serde_json::to_string(&users).expect("texts are JSON");
        let ask = format!(
            "[client.admin.command('listDatabases')['databases'], client.admin.command('usersInfo', {users})['users']]"
        );
        let left = self.pymongo(&self.url_of("root", ROOT), &ask).expect("it answers").to_string();
        assert!(!left.contains(name), "{left}");
    }

    pub(super) fn admin_url(&self) -> String {
        self.url_of("adm", ADMIN)
    }

    /// The address with another login.
    pub(super) fn url_of(&self, user: &str, password: &str) -> String {
        if self.has_tls {
            let file = self.certificate().display().to_string();
            return format!("mongodb://{user}:{password}@localhost:{}/?tls=true&tlsCAFile={file}", self.port);
        }
        format!("mongodb://{user}:{password}@127.0.0.1:{}/?directConnection=true", self.port)
    }
}

pub(super) fn checkout(name: &str) -> Checkout {
    Checkout::new(name, "mongo_url: Annotated[SecretStr, ResourceTags.mongo_dsn]", path_with(&[]), None)
}

/// Tries an admin address.
pub(super) fn set(checkout: &Checkout, environment: &str, address: &str) -> Answer {
    given(checkout, &["provision", "admin", "set", "mongo", "--env", environment, "--stdin"], address)
}

/// Stores the admin address of the server for an environment.
#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    set(checkout, environment, &server.admin_url()).done()
}
