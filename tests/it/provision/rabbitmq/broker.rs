//! A broker of RabbitMQ of one test, with its management API, an administrator, and a user who may only look.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::super::server::given;
use crate::ports::free_port;
use crate::process::Answer;
use crate::python::{run, venv};
use crate::up::project::Checkout;
use crate::up::servers::{debian, path_with};

/// The password of the administrator. Nothing but its own compartment may have it.
pub(super) const ADMIN: &str = "canary-5b1f-of-the-broker";

pub(super) struct Broker {
    children: Vec<Child>,
    directory: TempDir,
    pub port: u16,
    pub api: u16,
    /// The port with TLS for programs; the API has TLS then, too.
    pub tls_port: Option<u16>,
}

impl Drop for Broker {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Each is a process group: scripts start the actual server.
            let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
            let _ = child.wait();
        }
    }
}

impl Broker {
    /// `None`, and a line that says so, where Debian has not given it.
    pub(super) fn new() -> Option<Self> {
        Self::with(false)
    }

    /// One with TLS, and a certificate for `localhost` that it has signed itself.
    pub(super) fn with_tls() -> Option<Self> {
        Self::with(true)
    }

    fn with(has_tls: bool) -> Option<Self> {
        debian("rabbitmq-server")?;
        let directory = tempfile::tempdir().expect("a directory");
        let tls_port = has_tls.then(free_port);
        let mut broker = Self { children: Vec::new(), directory, port: free_port(), api: free_port(), tls_port };
        let settings =
            format!("listeners.tcp.default = 127.0.0.1:{}\ndefault_user = adm\ndefault_pass = {ADMIN}\n", broker.port);
        let of_api = match tls_port {
            Some(port) => {
                broker.certify();
                let files = [("cacertfile", "certificate.pem"), ("certfile", "certificate.pem"), ("keyfile", "key.pem")];
                let option =
                    |prefix: &str, (name, file): &(&str, &str)| format!("{prefix}.{name} = {}", broker.path(file).display());
                let options = |prefix: &str| files.iter().map(|file| option(prefix, file)).collect::<Vec<_>>().join("\n");
                let (of_programs, of_api) = (options("ssl_options"), options("management.ssl"));
                let api = format!("management.ssl.port = {}\nmanagement.ssl.ip = 127.0.0.1\n{of_api}\n", broker.api);
                format!("listeners.ssl.default = 127.0.0.1:{port}\n{of_programs}\nssl_options.verify = verify_none\n{api}")
            }
            None => format!("management.tcp.port = {}\nmanagement.tcp.ip = 127.0.0.1\n", broker.api),
        };
        fs::write(broker.path("rabbitmq.conf"), settings + &of_api).expect("written");
        fs::write(broker.path("plugins"), "[rabbitmq_management].\n").expect("written");
        broker.start();
        Some(broker)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn certify(&self) {
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
        command.args(["-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost"]);
        command.args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"]).arg(self.path("key.pem"));
        let status = command.arg("-out").arg(self.certificate()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.expect("openssl runs").success());
    }

    pub(super) fn certificate(&self) -> PathBuf {
        self.path("certificate.pem")
    }

    fn spawn(&mut self, command: &mut Command) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("log")).expect("written");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("it is open")).stderr(log).process_group(0);
        self.children.push(command.spawn().expect("the server starts"));
    }

    /// Starts it, with a port mapper of its own: the system's would outlive it.
    fn start(&mut self) {
        let mapper = free_port().to_string();
        self.spawn(Command::new("epmd").args(["-port", &mapper]).env("ERL_EPMD_ADDRESS", "127.0.0.1"));
        let path = self.directory.path().to_owned();
        let mut server = Command::new("/usr/lib/rabbitmq/bin/rabbitmq-server");
        server.envs([
            ("HOME", path.clone()),
            ("RABBITMQ_MNESIA_BASE", path.join("data")),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", path.join("plugins")),
        ]);
        server.env("RABBITMQ_CONFIG_FILE", path.join("rabbitmq")).env("RABBITMQ_CONF_ENV_FILE", path.join("none"));
        server.env("RABBITMQ_PID_FILE", path.join("pid")).env("RABBITMQ_LOGS", "-").env("RABBITMQ_NODENAME", "takk@localhost");
        server.env("ERL_EPMD_PORT", mapper).env("RABBITMQ_DIST_PORT", free_port().to_string());
        self.spawn(&mut server);
        let begun = Instant::now();
        while !self.log().contains("Server startup complete") {
            assert!(begun.elapsed() < Duration::from_mins(2), "{}", self.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        self.api("PUT", "users/weak", r#"{"password":"s3cret","tags":""}"#);
        self.api("PUT", "users/looks", r#"{"password":"s3cret","tags":"monitoring"}"#);
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    fn base(&self) -> String {
        if self.tls_port.is_some() {
            format!("https://localhost:{}", self.api)
        } else {
            format!("http://127.0.0.1:{}", self.api)
        }
    }

    /// A request to the management API by the administrator.
    #[track_caller]
    pub(super) fn api(&self, method: &str, path: &str, body: &str) -> Value {
        let mut command = Command::new("curl");
        command.args(["-s", "-S", "--fail-with-body", "-X", method, "-u", &format!("adm:{ADMIN}")]);
        command.args(["-H", "content-type: application/json"]);
        if self.tls_port.is_some() {
            command.arg("--cacert").arg(self.certificate());
        }
        if !body.is_empty() {
            command.args(["-d", body]);
        }
        let said = run(command.arg(format!("{}/api/{path}", self.base())));
        if said.trim().is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
        }
    }

    /// The names of all virtual hosts, or of all users.
    pub(super) fn names(&self, what: &str) -> Vec<String> {
        let all = self.api("GET", what, "");
        all.as_array().expect("a list").iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// That nothing of a resource is left: no virtual host, no user, no permission, no limit, and no connection.
    #[track_caller]
    pub(super) fn has_no_trace_of(&self, name: &str) {
        for path in ["vhosts", "users", "permissions", "vhost-limits"] {
            let all = self.api("GET", path, "").to_string();
            assert!(!all.contains(name), "{path}: {all}");
        }
    }

    pub(super) fn admin_url(&self) -> String {
        let url = self.url_of("adm", ADMIN);
        if self.tls_port.is_some() { format!("{url}?cacertfile={}", self.certificate().display()) } else { url }
    }

    /// The address with another login.
    pub(super) fn url_of(&self, user: &str, password: &str) -> String {
        self.base().replacen("://", &format!("://{user}:{password}@"), 1)
    }
}

/// A checkout with one broker, and no other server in reach.
pub(super) fn checkout(name: &str) -> Checkout {
    Checkout::new(name, "broker: AmqpDsn", path_with(&[]), None)
}

/// Tries an admin address.
pub(super) fn set(checkout: &Checkout, environment: &str, address: &str) -> Answer {
    given(checkout, &["provision", "admin", "set", "amqp", "--env", environment, "--stdin"], address)
}

/// Stores the admin address of the broker for an environment.
#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, broker: &Broker, environment: &str) -> String {
    set(checkout, environment, &broker.admin_url()).done()
}

/// A program with pika. `url` is its broker, and `channel` a channel of it; what it prints is returned, or the error of pika.
pub(super) fn program(url: &str, certificate: Option<&Path>, lines: &str) -> String {
    let script = format!(
        "import pika, ssl, sys\nparameters = pika.URLParameters(sys.argv[1])\n\
         if len(sys.argv) > 2:\n    parameters.ssl_options = pika.SSLOptions(ssl.create_default_context(cafile=sys.argv[2]), 'localhost')\n\
         try:\n    connection = pika.BlockingConnection(parameters)\n    channel = connection.channel()\n{}\n\
         except Exception as error:\n    print(type(error).__name__, error)\n",
        lines.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
    );
    let mut command = Command::new(venv(&["pika==1.3.2"]).join("bin/python"));
    command.args(["-c", &script, url]);
    run(command.args(certificate))
}
