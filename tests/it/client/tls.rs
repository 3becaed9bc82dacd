//! Certificates that do not match. Needs `openssl` and Python, like `test.sh` itself.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::Desk;
use crate::clock::{borrowed, skewed};

const SERVER: &str = r#"
import http.server, ssl, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = sys.argv[2].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + "/cert.pem", sys.argv[1] + "/key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
"#;

/// An HTTPS server whose certificate is for that name.
struct Secure(Child, u16);

impl Secure {
    fn new(directory: &Path, name: &str) -> Self {
        let made = Command::new("openssl")
            .current_dir(directory)
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=test", "-addext", &format!("subjectAltName={name}")])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .stderr(Stdio::null())
            .status();
        assert!(made.expect("openssl runs").success());
        let mut server = Command::new("python3")
            .args(["-c", SERVER, directory.to_str().expect("text"), super::fake::VALUES])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python runs");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut line).expect("read");
        Self(server, line.trim().parse().expect("a port"))
    }
}

impl Drop for Secure {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_certificate_must_fit() {
    let desk = Desk::new();
    let directory = tempfile::tempdir().expect("a directory");
    let server = Secure::new(directory.path(), "DNS:localhost");
    let ca = directory.path().join("cert.pem");
    let ca = ca.to_str().expect("text");
    let run = |host: &str, more: &[(&str, &str)]| {
        let url = format!("https://{host}:{}", server.1);
        let mut variables = vec![("TAKK_SERVER", url.as_str()), ("TAKK_TOKEN", "takk_s_1"), ("TAKK_PROJECT", "app")];
        variables.extend_from_slice(more);
        desk.with(&["run", "--", "sh", "-c", "printf %s $PORT"], &variables)
    };
    let unknown = run("localhost", &[]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("its certificate is not valid"), "{}", unknown.err);
    assert!(unknown.err.contains("hint: for your own certificate authority: TAKK_CA_FILE"), "{}", unknown.err);
    let known = run("localhost", &[("TAKK_CA_FILE", ca)]);
    assert_eq!(known.out, "80", "{}", known.err);
    let other_name = run("127.0.0.1", &[("TAKK_CA_FILE", ca)]);
    assert!(other_name.code == 2 && other_name.err.contains("its certificate is not valid"), "{}", other_name.err);
    if let Some(later) = skewed("+30d") {
        let later = [borrowed(&later), vec![("TAKK_CA_FILE", ca)]].concat();
        let over = run("localhost", &later);
        assert!(over.code == 2 && over.err.contains("its certificate is not valid"), "{}", over.err);
        assert!(over.err.contains("xpired") && over.err.contains("check the clock of this machine"), "{}", over.err);
    }
    let no_file = run("localhost", &[("TAKK_CA_FILE", "settings.py")]);
    assert!(no_file.err.contains("-----BEGIN CERTIFICATE-----"), "{}", no_file.err);
}
