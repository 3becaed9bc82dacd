//! A server of MariaDB or MySQL of one test, with an admin of least rights, and a log of every statement.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::super::certificate::certify;
use super::super::server::given;
use crate::ports::free_port;
use crate::python::run;
use crate::up::mysql::mysql;
use crate::up::project::Checkout;
use crate::up::servers::{debian, is_root, kept, once, path_with, unprivileged};

/// The password of the admin. Nothing but its own compartment may have it.
pub(in crate::provision) const ADMIN: &str = "canary-52e0b7d1c0ffee-of-the-admin";

/// What the admin needs, as the documentation says it.
pub(super) const RIGHTS: [&str; 2] = [
    "GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO 'adm'@'%'",
    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, \
     CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE, EVENT, TRIGGER ON *.* TO 'adm'@'%' WITH GRANT OPTION",
];

/// Whose server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::provision) enum Product {
    MariaDb,
    MySql,
}

impl Product {
    /// The server, with what only this product needs. `None`, and a line that says so, where it is not installed.
    fn command(self) -> Option<Command> {
        if self == Self::MySql {
            return mysql().map(|mysql| mysql.command());
        }
        let mut command = unprivileged(&debian("mariadbd")?);
        command.arg("--no-defaults");
        Some(command)
    }

    /// What the admin needs, as the documentation says it.
    fn rights(self) -> [String; 2] {
        let own =
            if self == Self::MySql { RIGHTS[0].replace("CONNECTION ADMIN", "CONNECTION_ADMIN") } else { RIGHTS[0].to_owned() };
        [own, RIGHTS[1].to_owned()]
    }
}

pub(in crate::provision) struct Server {
    directory: TempDir,
    child: Option<Child>,
    pub port: u16,
    has_tls: bool,
    product: Product,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A client's answer: its standard output, or what the server says to a statement that it refuses.
pub(in crate::provision) type Said = Result<String, String>;

impl Server {
    /// Starts one of MariaDB. `None`, and a line that says so, where it is not installed.
    pub(super) fn new() -> Option<Self> {
        Self::with(Product::MariaDb, false)
    }

    /// One with TLS, and a certificate for `localhost` that it has signed itself.
    pub(super) fn with_tls() -> Option<Self> {
        Self::with(Product::MariaDb, true)
    }

    /// Starts one of a product, with a certificate as above if it is to have that. MySQL has TLS in any case.
    pub(in crate::provision) fn with(product: Product, has_tls: bool) -> Option<Self> {
        product.command()?;
        let directory = tempfile::tempdir().expect("a directory");
        fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o777)).expect("permitted");
        run(Command::new("cp").arg("-a").arg(template(product)).arg(directory.path().join("data")));
        if has_tls {
            certify(directory.path());
        }
        let port = free_port();
        let mut server = Self { directory, child: None, port, has_tls, product };
        server.start(&[]);
        server.root(&format!("CREATE USER 'adm'@'%' IDENTIFIED BY '{ADMIN}'"));
        for right in product.rights() {
            server.root(&right);
        }
        Some(server)
    }

    pub(in crate::provision) fn start(&mut self, more: &[&str]) {
        let file = |name: &str| self.directory.path().join(name).display().to_string();
        let mut command = self.product.command().expect("it was there");
        command.arg(format!("--datadir={}", file("data"))).arg(format!("--port={}", self.port));
        command.arg("--bind-address=127.0.0.1").arg(format!("--socket={}", file("socket")));
        command.arg(format!("--pid-file={}", file("pid"))).arg("--general-log");
        command.arg(format!("--general-log-file={}", file("statements")));
        command.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M", "--performance-schema=off"]);
        if self.has_tls {
            command.arg(format!("--ssl-cert={}", file("certificate.pem"))).arg(format!("--ssl-key={}", file("key.pem")));
        }
        let log = fs::File::create(file("log")).expect("created");
        let output = log.try_clone().expect("cloned");
        let child = command.args(more).stdin(Stdio::null()).stdout(output).stderr(log).spawn().expect("it runs");
        self.child = Some(child);
        for _ in 0..600 {
            if self.client("root", None, &["-S", &file("socket")], "SELECT 1").is_ok() {
                return;
            }
            if self.child.as_mut().is_some_and(|child| child.try_wait().is_ok_and(|ended| ended.is_some())) {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{}", fs::read_to_string(file("log")).unwrap_or_default());
    }

    pub(in crate::provision) fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
        let _ = child.wait();
    }

    /// The certificate of a server with TLS.
    pub(in crate::provision) fn certificate(&self) -> PathBuf {
        self.directory.path().join("certificate.pem")
    }

    /// Every statement that the server was given.
    pub(in crate::provision) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.directory.path().join("statements")).unwrap_or_default()).into_owned()
    }

    fn client(&self, user: &str, password: Option<&str>, arguments: &[&str], statement: &str) -> Said {
        let mut command = Command::new("mariadb");
        command.args(["--no-defaults", "--batch", "--skip-column-names", "--user", user]);
        command.args(arguments).args(["--execute", statement]).envs(password.map(|password| ("MYSQL_PWD", password)));
        let output = command.stdin(Stdio::null()).output().expect("mariadb-client is there with the server");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// What an administrator of everything runs.
    #[track_caller]
    pub(in crate::provision) fn root(&self, statement: &str) -> String {
        let socket = self.directory.path().join("socket").display().to_string();
        self.client("root", None, &["-S", &socket], statement).unwrap_or_else(|said| panic!("{statement}: {said}"))
    }

    /// What the login of a URL is answered, with the options of the client.
    pub(in crate::provision) fn by_url(&self, url: &str, options: &[&str], statement: &str) -> Said {
        let (user, password, database) = parts(url);
        let port = self.port.to_string();
        let arguments = [&["-h", "127.0.0.1", "-P", &port, "-D", database][..], options].concat();
        self.client(user, Some(password), &arguments, statement)
    }

    /// A session of the login of a URL, which holds a table for as long as it lives.
    pub(in crate::provision) fn session(&self, url: &str, table: &str) -> Child {
        let (user, password, database) = parts(url);
        let mut command = Command::new("mariadb");
        command.args(["--no-defaults", "-h", "127.0.0.1", "-P", &self.port.to_string(), "-u", user, "-D", database]);
        command.args(["-e", &format!("LOCK TABLES {table} WRITE; SELECT SLEEP(600)")]).env("MYSQL_PWD", password);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        let count =
            format!("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = '{user}' AND INFO LIKE 'SELECT SLEEP%'");
        while self.root(&count) == "0" {
            thread::sleep(Duration::from_millis(50));
        }
        child
    }

    pub(in crate::provision) fn admin_url(&self) -> String {
        format!("mysql://adm:{ADMIN}@127.0.0.1:{}", self.port)
    }

    pub(in crate::provision) fn admin_url_with_tls(&self) -> String {
        let file = self.certificate().display().to_string();
        format!("mysql://adm:{ADMIN}@localhost:{}/?ssl-mode=VERIFY_IDENTITY&ssl-ca={file}", self.port)
    }

    /// That nothing of a resource is left: no database, no user, no right, no session.
    #[track_caller]
    pub(in crate::provision) fn has_no_trace_of(&self, name: &str) {
        for from in [
            format!("information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE '{name}%'"),
            format!("mysql.user WHERE User LIKE '{name}%'"),
            format!("mysql.db WHERE User LIKE '{name}%' OR Db LIKE '{name}%'"),
            format!("mysql.tables_priv WHERE User LIKE '{name}%' OR Db LIKE '{name}%'"),
            format!("mysql.procs_priv WHERE User LIKE '{name}%' OR Db LIKE '{name}%'"),
            format!("information_schema.PROCESSLIST WHERE USER LIKE '{name}%'"),
        ] {
            assert_eq!(self.root(&format!("SELECT COUNT(*) FROM {from}")), "0", "{from}");
        }
    }
}

/// User, password and database of a URL.
fn parts(url: &str) -> (&str, &str, &str) {
    let (login, place) = url.split_once("://").and_then(|(_, rest)| rest.split_once('@')).expect("it has a login");
    let (user, password) = login.split_once(':').expect("it has a password");
    let database = place.split_once('/').expect("it has a database").1;
    (user, password, database.split('?').next().unwrap_or_default())
}

/// The directory of a server that nobody has used, made once.
fn template(product: Product) -> PathBuf {
    let directory = kept(if product == Product::MySql { "mysql" } else { "mariadb" }, "data");
    let data = directory.join("data");
    once(&directory, "1", || {
        fs::create_dir(&data).expect("made");
        if is_root() {
            run(Command::new("chown").arg("nobody").arg(&data));
        }
        if product == Product::MySql {
            let mut command = product.command().expect("it was there");
            run(command
                .args(["--initialize-insecure", "--innodb-fast-shutdown=1", "--log-error-verbosity=1"])
                .arg(format!("--datadir={}", data.display())));
            return true;
        }
        let mut command = unprivileged(Path::new("/usr/bin/mariadb-install-db"));
        command.arg("--no-defaults").arg(format!("--datadir={}", data.display()));
        run(command.args(["--auth-root-authentication-method=normal", "--skip-test-db"]));
        true
    });
    data
}

/// A checkout with one MariaDB, and no other server in reach.
pub(super) fn checkout(name: &str) -> Checkout {
    let checkout = Checkout::new(name, "database_url: MariaDBDsn", path_with(&[]), None);
    checkout.settings("database_url: MariaDBDsn");
    checkout
}

/// Stores the admin address of the server for an environment.
#[track_caller]
pub(super) fn set_admin(checkout: &Checkout, server: &Server, environment: &str) -> String {
    given(checkout, &["provision", "admin", "set", "mariadb", "--env", environment, "--stdin"], &server.admin_url()).done()
}
