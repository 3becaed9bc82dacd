//! A broker of one test, with an administrator of least rights; and kafka-python, with which programs use it.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
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
pub(super) const ADMIN: &str = "canary-5d17-of-kafka";

pub(super) struct Server {
    child: RefCell<Child>,
    answers: RefCell<BufReader<ChildStdout>>,
    directory: TempDir,
    python: PathBuf,
    port: u16,
    has_tls: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        let _ = child.kill();
        let _ = child.wait();
        if !std::thread::panicking() {
            let unexpected = fs::read_to_string(self.directory.path().join("unexpected.log")).unwrap_or_default();
            assert_eq!(unexpected, "", "each request is written as kafka-python writes it");
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
        let python = venv(&["kafka-python==3.0.12"]).join("bin/python");
        let (directory, port) = (tempfile::tempdir().expect("a directory"), free_port());
        if has_tls {
            certify(directory.path());
        }
        // Rules: a type of resource, a name, a type of pattern, and an operation. These are what the page of Kafka says.
        let cluster = |operation: u8| json!([4, "kafka-cluster", 3, operation]);
        let topics = |operation: u8| json!([2, "*", 3, operation]);
        let users = json!({
            "adm": { "password": ADMIN, "acls": [cluster(7), cluster(8), topics(8), topics(6)] },
            "root": { "password": "s3cret", "acls": [cluster(7), cluster(8), cluster(9), topics(2)] },
            "weak": { "password": "s3cret", "acls": [cluster(8), topics(8)] },
            "none": { "password": "s3cret", "acls": [] },
        });
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/provision/kafka/server.py");
        let mut command = Command::new(&python);
        command.arg(program).arg(port.to_string()).arg(directory.path()).arg(users.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_mins(1), "it does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        let answers = RefCell::new(BufReader::new(child.stdout.take().expect("it is piped")));
        Self { child: RefCell::new(child), answers, directory, python, port, has_tls }
    }

    pub(super) fn certificate(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    /// Makes it a broker of another state, until the file is removed again.
    pub(super) fn becomes(&self, state: &str, is_so: bool) {
        let file = self.directory.path().join(state);
        if is_so { fs::write(file, "") } else { fs::remove_file(file) }.expect("changed");
    }

    /// Changes its state, and returns all of it.
    pub(super) fn state(&self, change: &Value) -> Value {
        let mut child = self.child.borrow_mut();
        writeln!(child.stdin.as_mut().expect("it is piped"), "{change}").expect("written");
        let mut line = String::new();
        self.answers.borrow_mut().read_line(&mut line).expect("it answers");
        serde_json::from_str(&line).expect("JSON")
    }

    /// The rules about a user, without its name.
    pub(super) fn acls(&self, user: &str) -> Vec<Value> {
        let state = self.state(&json!({}));
        let all = state["acls"].as_array().expect("rules").clone();
        all.into_iter().filter(|acl| acl[3] == format!("User:{user}")).collect()
    }

    /// What kafka-python answers to a program that has `client`: JSON, or the error as a text.
    pub(super) fn client(&self, user: &str, password: &str, expression: &str) -> Result<Value, String> {
        let program = format!(
            "import json, kafka, sys\nfrom kafka.admin import NewTopic\n\
             client = kafka.KafkaAdminClient(bootstrap_servers=sys.argv[1], security_protocol=sys.argv[2], \
             ssl_cafile=sys.argv[3] or None, sasl_mechanism='SCRAM-SHA-256', sasl_plain_username=sys.argv[4], \
             sasl_plain_password=sys.argv[5], request_timeout_ms=5000, \
             bootstrap_timeout_ms=5000)\nprint(json.dumps({expression}, default=str))"
        );
        let (place, protocol, file) = if self.has_tls {
            (format!("localhost:{}", self.port), "SASL_SSL", self.certificate().display().to_string())
        } else {
            (format!("127.0.0.1:{}", self.port), "SASL_PLAINTEXT", String::new())
        };
        let mut command = Command::new(&self.python);
        let output = command.args(["-c", &program, &place, protocol, &file, user, password]).output().expect("Python runs");
        if output.status.success() {
            return Ok(serde_json::from_slice(&output.stdout).expect("JSON"));
        }
        let error = String::from_utf8_lossy(&output.stderr).trim_end().lines().last().unwrap_or_default().to_owned();
        Err(error)
    }

    /// Every request that it got, without the messages of logins.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("requests.log")).expect("it is written")
    }

    /// How many requests of the administrator change something.
    pub(super) fn changes(&self) -> usize {
        let log = self.log();
        let of_admin = log.lines().filter_map(|line| line.strip_prefix("adm: "));
        of_admin.filter(|line| ["Alter", "Create", "Delete"].iter().any(|verb| line.starts_with(verb))).count()
    }

    /// That no user, rule and topic of a name is left.
    #[track_caller]
    pub(super) fn has_no_trace_of(&self, name: &str) {
        let state = self.state(&json!({})).to_string();
        assert!(!state.contains(name), "{state}");
    }

    pub(super) fn admin_url(&self) -> String {
        self.url_of("adm", ADMIN)
    }

    /// The address with another login.
    pub(super) fn url_of(&self, user: &str, password: &str) -> String {
        if self.has_tls {
            let file = self.certificate().display().to_string();
            return format!("kafka://{user}:{password}@localhost:{}/?security_protocol=SASL_SSL&ssl_cafile={file}", self.port);
        }
        format!("kafka://{user}:{password}@127.0.0.1:{}", self.port)
    }
}

pub(super) fn checkout(name: &str) -> Checkout {
    Checkout::new(name, "kafka_url: Annotated[SecretStr, ResourceTags.kafka_dsn]", path_with(&[]), None)
}

/// Tries an admin address.
pub(super) fn set(checkout: &Checkout, environment: &str, address: &str) -> Answer {
    given(checkout, &["provision", "admin", "set", "kafka", "--env", environment, "--stdin"], address)
}

/// Stores the admin address of the broker for an environment.
#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    set(checkout, environment, &server.admin_url()).done()
}
