//! A server of NATS of one test in operator mode, with an admin of least rights.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::super::certificate::certify;
use super::super::server::given;
use crate::ports::free_port;
use crate::python::{run, venv};
use crate::up::project::Checkout;
use crate::up::servers::{nats_server, path_with};

/// What the admin needs, as the documentation says it.
pub(super) const RIGHTS: [&str; 2] = ["$SYS.REQ.CLAIMS.*,$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP", "_INBOX.takk.>"];
/// A resolver as it has to be.
pub(super) const RESOLVER: &str = "{ type: full, dir: \"DIR/jwt\", allow_delete: true, interval: \"2m\" }";
const ISSUER: &str = include_str!("issuer.py");
/// What connects as a program does.
const CLIENT: &str = r#"
import asyncio, os, nats
from nats.aio.client import RawCredentials

errors, ended = [], asyncio.Event()

async def connect(creds):
    async def failed(error):
        errors.append(str(error))
    async def closed():
        ended.set()
    options = {"allow_reconnect": False, "connect_timeout": 20, "error_cb": failed, "closed_cb": closed}
    return await nats.connect(os.environ["NATS_URL"], user_credentials=RawCredentials(creds), **options)

async def main():
    client = await connect(os.environ["NATS_CREDS"])
CODE

asyncio.run(main())
"#;

/// How a server is set up.
#[derive(Clone, Copy)]
pub(super) struct Setup {
    pub minor: &'static str,
    pub resolver: &'static str,
    /// Whether the operator signs with signing keys alone.
    pub is_strict: bool,
    pub has_jetstream: bool,
    pub has_tls: bool,
}

/// The latest, as it has to be.
pub(super) const USUAL: Setup =
    Setup { minor: "2.15", resolver: RESOLVER, is_strict: true, has_jetstream: true, has_tls: false };

pub(super) struct Server {
    directory: TempDir,
    child: Option<Child>,
    pub port: u16,
    setup: Setup,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The Python with the client of NATS.
fn python() -> PathBuf {
    venv(&["nats-py[nkeys]==2.16.0"]).join("bin/python")
}

impl Server {
    pub(super) fn new(setup: Setup) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let port = free_port();
        let mut server = Self { directory, child: None, port, setup };
        fs::write(server.file("issuer.py"), ISSUER).expect("written");
        let operator = server.operator("new", &[if setup.is_strict { "strict" } else { "lax" }]);
        let mut text = format!("listen: 127.0.0.1:{port}\nresolver: {}\n", setup.resolver);
        if setup.has_jetstream {
            text += "jetstream { store_dir: \"DIR\" }\n";
        }
        if setup.has_tls {
            certify(server.directory.path());
            text += "tls { cert_file: \"DIR/certificate.pem\", key_file: \"DIR/key.pem\" }\n";
        }
        let text = text.replace("DIR", &server.directory.path().display().to_string());
        fs::write(server.file("nats.conf"), operator + &text).expect("written");
        server.start();
        server
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn start(&mut self) {
        let log = fs::File::create(self.file("log")).expect("created");
        let mut command = Command::new(nats_server(self.setup.minor));
        command.arg("--config").arg(self.file("nats.conf")).stdout(Stdio::null()).stderr(log);
        self.child = Some(command.spawn().expect("it runs"));
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{}", self.log());
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    pub(super) fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
        let _ = child.wait();
    }

    fn operator(&self, verb: &str, arguments: &[&str]) -> String {
        let mut command = self.trusting(&python());
        run(command.arg(self.file("issuer.py")).arg(self.directory.path()).arg(verb).args(arguments))
    }

    /// A program that trusts the certificate of the server.
    fn trusting(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("SSL_CERT_FILE", self.file("certificate.pem"));
        command
    }

    pub(super) fn url(&self) -> String {
        if self.setup.has_tls { format!("tls://localhost:{}", self.port) } else { format!("nats://127.0.0.1:{}", self.port) }
    }

    /// What an administrator of everything does, by a function of the script.
    pub(super) fn root(&self, verb: &str, arguments: &[&str]) -> Value {
        let said = self.operator(verb, &[&[self.url().as_str()], arguments].concat());
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    /// The credentials of a user of the system account.
    pub(super) fn user(&self, name: &str, publish: &str, subscribe: &str) -> String {
        self.operator("user", &[name, publish, subscribe])
    }

    /// One of the operator's keys: `operator`, `signing`.
    pub(super) fn key(&self, name: &str) -> String {
        let text = fs::read_to_string(self.file("keys.json")).expect("it is there");
        let keys: Value = serde_json::from_str(&text).expect("JSON");
        keys[name].as_str().expect("text").to_owned()
    }

    /// The address of the admin of least rights.
    pub(super) fn admin_address(&self) -> String {
        let file = self.file("certificate.pem").display().to_string();
        let parameters = if self.setup.has_tls { format!("?cacertfile={file}") } else { String::new() };
        format!("{}{parameters}\n{}\n{}", self.url(), self.key("signing"), self.user("takk", RIGHTS[0], RIGHTS[1]))
    }

    /// What a program with these credentials prints, or how it fails.
    pub(super) fn program(&self, credentials: &str, code: &str) -> Result<String, String> {
        let output = self.client(credentials, code).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    fn client(&self, credentials: &str, code: &str) -> Command {
        let code = format!("    {}", code.replace('\n', "\n    "));
        let mut command = self.trusting(&python());
        command.args(["-c", &CLIENT.replace("CODE", &code)]).stdin(Stdio::null());
        command.env("NATS_URL", self.url()).env("NATS_CREDS", credentials);
        command
    }

    /// A program that stays connected until the server ends its session: it then succeeds.
    pub(super) fn session(&self, credentials: &str) -> Child {
        let code = "print('connected', flush=True)\nawait asyncio.wait_for(ended.wait(), 120)";
        let mut child = self.client(credentials, code).stdout(Stdio::piped()).spawn().expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("it says so");
        assert_eq!(line.trim(), "connected");
        child
    }

    /// The accounts with a name that begins like this.
    pub(super) fn accounts(&self, begin: &str) -> Vec<Value> {
        let all = self.root("accounts", &[]);
        let has_name = |claims: &&Value| claims["name"].as_str().is_some_and(|name| name.starts_with(begin));
        all.as_array().expect("a list").iter().filter(has_name).cloned().collect()
    }

    /// That nothing of a resource is left: no account, and no stream of one that is gone.
    #[track_caller]
    pub(super) fn has_no_trace_of(&self, name: &str) {
        assert_eq!(self.accounts(name), Vec::<Value>::new());
        let all = self.root("accounts", &[]).to_string();
        for account in fs::read_dir(self.file("jetstream")).into_iter().flatten().flatten() {
            let streams = fs::read_dir(account.path().join("streams")).map_or(0, Iterator::count);
            let is_there = all.contains(account.file_name().to_str().expect("text"));
            assert!(streams == 0 || is_there, "{}", account.path().display());
        }
    }
}

/// A checkout with one NATS, and no other server in reach.
pub(super) fn checkout(name: &str) -> Checkout {
    Checkout::new(name, "nats_url: NatsDsn; nats_creds: Annotated[str, ResourceTags.nats_creds_file]", path_with(&[]), None)
}

/// Stores the admin address of the server for an environment.
#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    given(checkout, &["provision", "admin", "set", "nats", "--env", environment, "--stdin"], &server.admin_address()).done()
}

/// The credentials of the program in an environment.
pub(super) fn creds(checkout: &Checkout, environment: &str) -> String {
    checkout.takk(&["secrets", "get", "NATS_CREDS", "--env", environment]).done()
}
