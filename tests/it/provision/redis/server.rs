//! A server of Redis of one test, with an admin of least rights.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::super::certificate::certify;
use super::super::server::given;
use crate::ports::free_port;
use crate::python::run;
use crate::up::project::Checkout;
use crate::up::servers::{debian, is_root, path_with, unprivileged};

/// The password of the admin. Nothing but its own compartment may have it.
pub(super) const ADMIN: &str = "canary-77aa41d1c0ffee-of-the-admin";
/// redis-py, and celery with what it needs to use it.
pub(super) const CLIENTS: [&str; 3] = ["redis==8.1.0", "celery==5.7.0", "packaging==26.4"];
const ROOT: &str = "the-password-of-everything";

/// What the admin needs, as the documentation says it.
pub(super) const RULES: &str = "~* &* +acl +client +config|get +config|rewrite +info +select +scan +get +set +unlink";

pub(super) struct Server {
    directory: TempDir,
    child: Option<Child>,
    pub port: u16,
    keeps: Keeps,
    has_tls: bool,
}

/// Where the server keeps its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    Configuration,
    AclFile,
    Nowhere,
}

/// A client's answer: its standard output, or what the server refuses with.
pub(super) type Said = Result<String, String>;

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Server {
    /// Starts one. `None`, and a line that says so, where it is not installed.
    pub(super) fn new(keeps: Keeps) -> Option<Self> {
        Self::with(keeps, false)
    }

    /// One with TLS alone, and a certificate for `localhost` that it has signed itself.
    pub(super) fn with_tls() -> Option<Self> {
        Self::with(Keeps::AclFile, true)
    }

    fn with(keeps: Keeps, has_tls: bool) -> Option<Self> {
        debian("redis-server")?;
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o777)).expect("permitted");
        if has_tls {
            certify(directory.path());
        }
        let port = free_port();
        let mut server = Self { directory, child: None, port, keeps, has_tls };
        server.configure();
        server.start(&[]);
        Some(server)
    }

    fn configure(&self) {
        let users = format!("user default on >{ROOT} ~* &* +@all\nuser adm on >{ADMIN} {RULES}\n");
        let (directory, port) = (self.directory.path().display(), self.port);
        let listening = if self.has_tls {
            let (certificate, key) = (self.file("certificate.pem"), self.file("key.pem"));
            format!("port 0\ntls-port {port}\ntls-auth-clients no\ntls-cert-file {certificate}\ntls-key-file {key}\n")
        } else {
            format!("port {port}\n")
        };
        let kept = match self.keeps {
            Keeps::AclFile => format!("aclfile {}\n", self.file("users.acl")),
            Keeps::Configuration | Keeps::Nowhere => users.clone(),
        };
        let text = format!("bind 127.0.0.1\ndir {directory}\n{listening}{kept}");
        for (name, text) in [("redis.conf", &text), ("users.acl", &users)] {
            fs::write(self.file(name), text).expect("written");
            if is_root() {
                run(Command::new("chown").args(["nobody", &self.file(name)]));
            }
        }
    }

    fn file(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    pub(super) fn certificate(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    pub(super) fn start(&mut self, more: &[&str]) {
        let mut command = unprivileged(&debian("redis-server").expect("it was there"));
        if self.keeps == Keeps::Nowhere {
            // Without a file, there is nothing to write to.
            command.arg("-").stdin(fs::File::open(self.file("redis.conf")).expect("it is there"));
        } else {
            command.arg(self.file("redis.conf")).stdin(Stdio::null());
        }
        let log = fs::File::create(self.file("log")).expect("created");
        self.child = Some(command.args(more).stdout(log).stderr(Stdio::null()).spawn().expect("it runs"));
        for _ in 0..300 {
            if self.by_url(&self.root_url(), &["PING"]).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("{}", fs::read_to_string(self.file("log")).unwrap_or_default());
    }

    pub(super) fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
        let _ = child.wait();
    }

    fn root_url(&self) -> String {
        format!("redis://default:{ROOT}@localhost:{}/0", self.port)
    }

    pub(super) fn admin_url(&self) -> String {
        format!("redis://adm:{ADMIN}@127.0.0.1:{}", self.port)
    }

    pub(super) fn admin_url_with_tls(&self) -> String {
        format!("rediss://adm:{ADMIN}@localhost:{}?ssl_ca_certs={}", self.port, self.certificate().display())
    }

    /// What the login of a URL is answered.
    pub(super) fn by_url(&self, url: &str, command: &[&str]) -> Said {
        let mut cli = Command::new("redis-cli");
        cli.args(["-e", "--no-auth-warning"]);
        if self.has_tls {
            cli.args(["--tls", "--cacert", &self.file("certificate.pem")]);
        }
        let plain = url.split('?').next().expect("text").replacen("rediss://", "redis://", 1);
        let output = cli.args(["-u", &plain]).args(command).stdin(Stdio::null()).output().expect("redis-tools is there");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stdout) + &text(&output.stderr)) }
    }

    /// What an administrator of everything is answered.
    #[track_caller]
    pub(super) fn root(&self, command: &[&str]) -> String {
        self.by_url(&self.root_url(), command).unwrap_or_else(|said| panic!("{command:?}: {said}"))
    }

    /// A session of the login of a URL, which waits for a message.
    pub(super) fn session(&self, url: &str, channel: &str) -> Child {
        let mut command = Command::new("redis-cli");
        command.args(["--no-auth-warning", "-e", "-u", url, "BLPOP", channel, "600"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        while !self.root(&["CLIENT", "LIST"]).contains("cmd=blpop") {
            thread::sleep(Duration::from_millis(50));
        }
        child
    }

    /// That nothing of a resource is left: no user, no key, no session, and no line in a file.
    #[track_caller]
    pub(super) fn has_no_trace_of(&self, name: &str) {
        let users = self.root(&["ACL", "LIST"]);
        assert!(!users.contains(&format!("user {name}")), "{users}");
        for database in ["0", "1"] {
            for pattern in [format!("{name}*"), format!("takk:owner:{name}*")] {
                let found = self.by_url(&self.root_url().replace("/0", &format!("/{database}")), &["KEYS", &pattern]);
                assert_eq!(found.as_deref(), Ok(""), "{pattern}");
            }
        }
        assert!(!self.root(&["CLIENT", "LIST"]).contains(&format!("user={name}")));
        for file in ["redis.conf", "users.acl"] {
            let text = fs::read_to_string(self.file(file)).expect("it is there");
            assert!(!text.contains(&format!("user {name}")), "{text}");
        }
    }
}

/// A checkout with one Redis, and no other server in reach.
pub(super) fn checkout(name: &str) -> Checkout {
    Checkout::new(name, "redis_url: RedisDsn", path_with(&[]), None)
}

/// Stores the admin address of the server for an environment.
#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    given(checkout, &["provision", "admin", "set", "redis", "--env", environment, "--stdin"], &server.admin_url()).done()
}
