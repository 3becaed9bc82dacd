//! Real servers, each started for one test: on a port of its own, in a directory of its own, with one user.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::servers::{debian, moto_server, nats_server, postgres, unprivileged, weed};
use crate::ports::free_port;
use crate::python::{run, venv};

pub(super) const USER: &str = "shop";
pub(super) const PASSWORD: &str = "s3cret-of-the-test";
pub(super) const DATABASE: &str = "shop_dev";

/// A server that runs until it is dropped.
pub(super) struct Started {
    children: Vec<Child>,
    directory: TempDir,
}

impl Drop for Started {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Each is a process group: scripts start the actual server.
            let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
            let _ = child.wait();
        }
    }
}

impl Started {
    /// Ends the server, and waits until nobody accepts connections at its port: its processes need a moment to close what they hold.
    #[track_caller]
    pub(super) fn end(self, port: u16) {
        drop(self);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_ok() {
            assert!(begun.elapsed() < Duration::from_secs(30), "somebody still listens on port {port}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn nothing() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        // Some refuse to run as root.
        fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o777)).expect("permitted");
        Self { children: Vec::new(), directory }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// What the server printed.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, text).expect("written");
        path
    }

    fn start(&mut self, command: &mut Command) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path().join("log")).expect("written");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("it is open")).stderr(log).process_group(0);
        self.children.push(command.spawn().expect("the server starts"));
    }
}

/// The first word after `before` in a program's version output, up to the first character that is not part of a number.
pub(super) fn printed_version(text: &str, before: &str) -> String {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("{before} in {text}")).1;
    rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect()
}

/// PostgreSQL in the version that its program reports. `auth` is the authentication method.
pub(super) fn start_postgres(major: u32, port: u16, auth: &str, settings: &[&str]) -> Option<Started> {
    let programs = postgres(major)?.join("bin");
    let mut started = Started::nothing();
    let data = started.path().join("data");
    let password = started.file("password", PASSWORD);
    let mut initdb = unprivileged(&programs.join("initdb"));
    initdb.args(["--no-sync", "--encoding=UTF8", "--locale=C", "--username", USER, "--auth", auth, "--pwfile"]);
    run(initdb.arg(password).arg("-D").arg(&data));
    let socket = started.path().display().to_string();
    let mut server = unprivileged(&programs.join("postgres"));
    server.arg("-D").arg(&data).args([
        "-p",
        &port.to_string(),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
        "-k",
        &socket,
    ]);
    for setting in settings {
        if setting.contains('=') {
            server.args(["-c", setting]);
        } else {
            // A file whose name tells the server how to start.
            run(unprivileged(Path::new("/usr/bin/touch")).arg(data.join(setting)));
        }
    }
    started.start(&mut server);
    Some(started)
}

/// Creates the database of a PostgreSQL server that accepts logins.
pub(super) fn create_database(port: u16) {
    let url = format!("postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres");
    let mut client = ::postgres::Client::connect(&url, ::postgres::NoTls).expect("it accepts its user");
    client.batch_execute(&format!("CREATE DATABASE {DATABASE}")).expect("created");
}

/// Redis, with additional options.
pub(super) fn start_redis(port: u16, options: &[&str]) -> Option<Started> {
    let mut started = Started::nothing();
    let mut server = Command::new(debian("redis-server")?);
    server.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"]).arg(started.path()).args(options);
    started.start(&mut server);
    Some(started)
}

/// A Redis that takes seconds to load its data.
pub(super) fn start_slow_redis(port: u16) -> Option<Started> {
    let mut started = Started::nothing();
    let server = debian("redis-server")?;
    // An append-only file of twenty thousand keys, each of which takes 0.2 ms. It responds after every thousand.
    let command = |key: usize| format!("*3\r\n$3\r\nSET\r\n$5\r\n{key:05}\r\n$1\r\nx\r\n");
    started.file("appendonly.aof", &(0..20_000).map(command).collect::<String>());
    let mut server = Command::new(server);
    server.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--appendonly", "yes"]);
    server.args(["--key-load-delay", "200", "--dir"]).arg(started.path());
    started.start(&mut server);
    Some(started)
}

pub(super) fn start_nats(minor: &str, port: u16, options: &[&str]) -> Started {
    let mut started = Started::nothing();
    started.start(Command::new(nats_server(minor)).args(["-a", "127.0.0.1", "-p", &port.to_string()]).args(options));
    started
}

/// MariaDB with a user and its database, which it creates while it already listens.
pub(super) fn start_mariadb(port: u16) -> Option<Started> {
    let program = debian("mariadbd")?;
    let mut started = Started::nothing();
    let data = started.path().join("data");
    let mut install = unprivileged(Path::new("/usr/bin/mariadb-install-db"));
    run(install
        .arg("--no-defaults")
        .arg("--auth-root-authentication-method=normal")
        .arg(format!("--datadir={}", data.display())));
    let statements = format!(
        "CREATE DATABASE {DATABASE};\nCREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n\
         GRANT ALL ON {DATABASE}.* TO '{USER}'@'%';\n"
    );
    let statements = started.file("init.sql", &statements);
    let mut server = unprivileged(&program);
    server.args(["--no-defaults", "--skip-name-resolve", "--bind-address=127.0.0.1", &format!("--port={port}")]);
    server.arg(format!("--datadir={}", data.display())).arg(format!("--init-file={}", statements.display()));
    server.arg(format!("--socket={}", started.path().join("s").display())).arg("--innodb-flush-log-at-trx-commit=0");
    started.start(&mut server);
    Some(started)
}

/// RabbitMQ, with a port mapper of its own: the system's would outlive it.
pub(super) fn start_rabbitmq(port: u16) -> Option<Started> {
    debian("rabbitmq-server")?;
    let mut started = Started::nothing();
    let mapper = free_port().to_string();
    let mut epmd = Command::new("epmd");
    started.start(epmd.args(["-port", &mapper]).env("ERL_EPMD_ADDRESS", "127.0.0.1"));
    let settings = format!("listeners.tcp.default = 127.0.0.1:{port}\ndefault_user = {USER}\ndefault_pass = {PASSWORD}\n");
    started.file("rabbitmq.conf", &settings);
    let plugins = started.file("plugins", "[].\n");
    let path = started.path().to_owned();
    let mut server = Command::new("/usr/lib/rabbitmq/bin/rabbitmq-server");
    server.envs([
        ("HOME", path.clone()),
        ("RABBITMQ_MNESIA_BASE", path.join("data")),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", plugins),
    ]);
    server.env("RABBITMQ_CONFIG_FILE", path.join("rabbitmq")).env("RABBITMQ_CONF_ENV_FILE", path.join("none"));
    server.env("RABBITMQ_PID_FILE", path.join("pid")).env("RABBITMQ_LOGS", "-").env("RABBITMQ_NODENAME", "takk@localhost");
    server.env("ERL_EPMD_PORT", mapper).env("RABBITMQ_DIST_PORT", free_port().to_string());
    started.start(&mut server);
    Some(started)
}

/// SeaweedFS, with one key.
pub(super) fn start_seaweedfs(port: u16) -> Started {
    let mut started = Started::nothing();
    let identities = format!(
        r#"{{"identities":[{{"name":"takk","credentials":[{{"accessKey":"{USER}","secretKey":"{PASSWORD}"}}],
        "actions":["Admin","Read","Write","List","Tagging"]}}]}}"#
    );
    let identities = started.file("s3.json", &identities);
    let mut server = Command::new(weed());
    server.args(["-logtostderr=true", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-s3"]);
    for option in ["master.port", "volume.port", "filer.port"] {
        server.arg(format!("-{option}={}", free_port())).arg(format!("-{option}.grpc={}", free_port()));
    }
    server.arg(format!("-s3.port={port}")).arg(format!("-s3.port.grpc={}", free_port()));
    server.args(["-s3.port.iceberg=0", "-filer.localSocket"]).arg(started.path().join("filer.sock"));
    server.arg(format!("-s3.config={}", identities.display())).arg(format!("-dir={}", started.path().display()));
    server.current_dir(started.path()).env("HOME", started.path());
    started.start(&mut server);
    started
}

/// A gRPC server without any methods, as Python's library makes it.
pub(super) fn start_grpc(port: u16) -> Started {
    let mut started = Started::nothing();
    let script = "
import sys, grpc
from concurrent import futures
server = grpc.server(futures.ThreadPoolExecutor(1))
server.add_insecure_port(sys.argv[1])
server.start()
server.wait_for_termination()
";
    let python = venv(&["grpcio==1.85.3"]).join("bin/python");
    started.start(Command::new(python).args(["-c", script, &format!("127.0.0.1:{port}")]));
    started
}

/// moto, which requires valid signatures after `unsigned` requests.
pub(super) fn start_moto(port: u16, unsigned: usize) -> Started {
    let mut started = Started::nothing();
    let mut server = Command::new(moto_server());
    server.args(["-H", "127.0.0.1", "-p", &port.to_string()]).env("INITIAL_NO_AUTH_ACTION_COUNT", unsigned.to_string());
    started.start(&mut server);
    started
}

/// Creates a user of moto with its first three requests. Returns the two keys.
pub(super) fn moto_user(port: u16) -> (String, String) {
    let script = r#"
import json, sys, boto3
keys = dict(region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y")
iam = boto3.client("iam", endpoint_url=sys.argv[1], **keys)
iam.create_user(UserName="shop")
key = iam.create_access_key(UserName="shop")["AccessKey"]
statement = {"Effect": "Allow", "Action": ["sqs:*", "s3:*"], "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
iam.put_user_policy(UserName="shop", PolicyName="all", PolicyDocument=policy)
print(key["AccessKeyId"], key["SecretAccessKey"])
"#;
    let python = moto_server().with_file_name("python");
    let said = run(Command::new(python).args(["-c", script, &format!("http://127.0.0.1:{port}")]));
    let (access_key, secret_key) = said.trim().split_once(' ').expect("two keys");
    (access_key.to_owned(), secret_key.to_owned())
}
