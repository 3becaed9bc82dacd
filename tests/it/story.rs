//! The story of a newcomer: clone, plan, fill, check, run.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::ports::free_port;
use crate::process::takk_with;
use crate::server::Server;
use crate::shop;
use crate::terminal::{converse, takk};

/// What the newcomer types, by variable; only Enter where a value is generated.
const ANSWERS: [(&str, &str); 24] = [
    ("SHOP_SESSION_SECRET", ""),
    ("S3_ENDPOINT", "http://localhost:9000"),
    ("S3_ACCESS_KEY", "shop"),
    ("S3_SECRET_KEY", "shop-storage-key"),
    ("S3_BUCKET", "receipts"),
    ("NATS_URL", "nats://localhost:4222"),
    ("MLFLOW_TRACKING_URI", "http://localhost:5000"),
    ("MLFLOW_REGISTRY_URI", "http://localhost:5000"),
    ("PAYMENTS_API_KEY", "sk_offline_4f7a"),
    ("PAYMENTS_MERCHANT_ID", "m-000001"),
    ("SHOP_REPORT_WAREHOUSE_URL", "postgresql://shop:pw@localhost:5432/warehouse"),
    ("SHOP_REPORT_ARCHIVE_BUCKET", "archive"),
    ("DATABASE_URL", "postgresql://shop:pw@localhost:5432/shop"),
    ("REDIS_URL", "redis://localhost:6379/0"),
    ("SIGNING_KEY", ""),
    ("WORKER_SMTP_HOST", "localhost"),
    ("WORKER_SMTP_PASSWORD", "mail-relay-7c2"),
    ("SQS_ENDPOINT", "http://localhost:9324"),
    ("SQS_ACCESS_KEY", "shop"),
    ("SQS_SECRET_KEY", "shop-queue-key"),
    ("SQS_REGION_NAME", "eu-west-1"),
    ("OBJECT_STORAGE_ACCESS_KEY", "shop"),
    ("OBJECT_STORAGE_SECRET_KEY", "shop-object-key"),
    ("OBJECT_STORAGE_REGION", "eu-west-1"),
];

#[test]
fn from_a_clone_to_a_running_program() {
    let clone = Checkout::new();
    let proposed = "25 values are missing; `takk up --env dev` creates servers and sets 20 of them, `takk secrets set --env dev` asks for the \
                    rest";
    clone.story(&clone.home(), proposed);
}

/// The same with the values on a server.
#[test]
fn from_a_clone_to_a_running_program_with_a_server() {
    let clone = Checkout::new();
    let server = Server::start();
    let home = clone.home();
    server.log_in(&clone.project(), &home);
    let linked = takk_with(&clone.project(), &["link", &server.url], &home);
    assert_eq!(linked.code, 0, "{}", linked.err);
    // `takk up` is only for values on this machine.
    clone.story(&home, "25 values are missing; `takk secrets set --env dev` asks for them");
    let listed = takk_with(&clone.project(), &["secrets", "list", "--env", "dev"], &home);
    assert!(listed.out.starts_with(&format!("dev, on {}\n", server.url)), "{}", listed.out);
    assert_eq!(takk_with(&clone.project(), &["link", "--unlink"], &home).code, 0);
    let listed = takk_with(&clone.project(), &["secrets", "list", "--env", "dev"], &home);
    assert_eq!(listed.out, "Nothing is stored in dev.\n", "nothing of it was kept on this machine");
}

/// A clone of the shop, and a home directory of its own.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Self {
        let clone = Self(tempfile::tempdir().expect("a directory"));
        copy(&shop::shop(), &clone.project());
        clone
    }

    fn project(&self) -> PathBuf {
        self.0.path().join("shop")
    }

    /// The data directory, next to the clone.
    fn home(&self) -> [(&'static str, &str); 2] {
        [("TAKK_HOME", self.0.path().to_str().expect("text")), ("TAKK_KEYRING", "off")]
    }

    /// `proposed` is the next step of the first plan.
    fn story(&self, home: &[(&str, &str)], proposed: &str) {
        tell(&self.project(), home, proposed);
    }
}

fn tell(project: &Path, home: &[(&str, &str)], proposed: &str) {
    let plan = takk_with(project, &["plan", "--env", "dev"], home);
    let next = plan.out.split_once("Next: ").map(|(_, next)| next.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_eq!(next.as_deref(), Some(proposed), "{}", plan.out);
    let run = takk_with(project, &["run", "--env", "dev", "--", "true"], home);
    assert_eq!(run.code, 2, "it does not start");
    assert!(run.err.contains("25 required values are missing in `dev`"), "{}", run.err);

    let answers: Vec<(String, String)> =
        ANSWERS.iter().map(|(name, value)| (format!(r"\? {name} "), format!("{value}\r"))).collect();
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let filled = converse(project, &[&takk(), "secrets", "set", "--env", "dev"], home, &[], &answers);
    assert_eq!(filled.code, Some(0), "{}", filled.screen);
    assert!(filled.screen.contains("composed PSQL_CONNINFO"), "{}", filled.screen);
    assert!(filled.screen.contains("24 values stored in dev, nothing is missing."), "{}", filled.screen);

    let check = takk_with(project, &["check", "--env", "dev"], home);
    assert_eq!((check.code, check.out.as_str()), (0, ""), "{}", check.err);
    let missing = takk_with(project, &["check", "--env", "prod"], home);
    assert_eq!(missing.code, 1, "nothing was stored for another environment");

    let python = shop::python();
    let python = python.to_str().expect("text");
    let asked = takk_with(project, &["run", "--env", "dev", "--", python, "-m", "shop.check"], home);
    assert_eq!(asked.code, 0, "{}{}", asked.out, asked.err);
    assert!(!asked.out.contains("FAIL") && asked.out.lines().count() > 8, "{}", asked.out);
    serves(project, python, home);
}

/// The program starts and responds, with nothing of this process's environment but what Python needs.
fn serves(project: &Path, python: &str, home: &[(&str, &str)]) {
    let port = free_port();
    let mut command = Command::new(takk());
    command.current_dir(project).args(["run", "--env", "dev", "--", python, "-m", "shop", "--port", &port.to_string()]);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(home.iter().copied());
    let mut program = command.stdout(Stdio::null()).spawn().expect("started");
    let deadline = Instant::now() + Duration::from_mins(1);
    let answer = loop {
        assert!(program.try_wait().expect("its state").is_none(), "the program ended");
        assert!(Instant::now() < deadline, "the program does not answer");
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
            std::thread::sleep(Duration::from_millis(100));
            continue;
        };
        let mut answer = String::new();
        let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
        if asked.and_then(|()| stream.read_to_string(&mut answer)).is_ok() && !answer.is_empty() {
            break answer;
        }
    };
    // takk has replaced itself with the program: this ends the program.
    program.kill().expect("killed");
    program.wait().expect("ended");
    assert!(answer.contains(r#""status":"ok""#), "{answer}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("read") {
        let entry = entry.expect("read");
        let name = entry.file_name();
        let generated = ["__pycache__", ".venv", ".pytest_cache"].iter().any(|other| name.to_string_lossy() == *other);
        if generated {
            continue;
        }
        if entry.file_type().expect("known").is_dir() {
            copy(&entry.path(), &to.join(&name));
        } else {
            fs::copy(entry.path(), to.join(&name)).expect("copied");
        }
    }
}
