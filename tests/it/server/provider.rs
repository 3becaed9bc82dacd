//! An OpenID Connect provider as a process: npm's `oidc-provider`, kept under `target/`. Without Node its tests are skipped and say so.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;

/// What is installed.
const PACKAGE: &str = "oidc-provider@9.13.3";

pub(super) struct Provider {
    child: Child,
    agent: Agent,
    pub url: String,
}

impl Provider {
    /// `None` without Node.
    pub(super) fn start() -> Option<Self> {
        if Command::new("npm").arg("--version").output().is_err() {
            eprintln!("OpenID Connect: not tested, Node and npm are not installed");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc/provider.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(modules()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let url = lines.next().expect("it says where it is").expect("text");
        // Nobody reads its further output.
        std::thread::spawn(move || lines.for_each(drop));
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        Some(Self { child, agent, url })
    }

    /// Changes how it behaves.
    pub(super) fn control(&self, wish: &Value) {
        assert_eq!(self.post("/control", wish).0, 200);
    }

    /// A token of a job.
    pub(super) fn mint(&self, how: &str, claims: &Value) -> String {
        let (status, token) = self.post("/mint", &json!({"how": how, "claims": claims}));
        assert_eq!(status, 200);
        token
    }

    /// Signs in on its page and returns the URL that the browser is redirected to.
    pub(super) fn visit(&self, page: &str) -> String {
        let mut cookies = BTreeMap::new();
        let mut next = page.to_owned();
        for _ in 0..10 {
            let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = Request::builder().uri(&next).header("cookie", pairs.join("; ")).body(());
            let mut response = self.agent.run(request.expect("a request")).expect("an answer");
            for cookie in response.headers().get_all("set-cookie") {
                let pair = cookie.to_str().expect("text").split(';').next().expect("a pair");
                let (name, value) = pair.split_once('=').expect("a pair");
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let location = response.headers().get("location").map(|location| location.to_str().expect("text").to_owned());
            let Some(location) = location else { panic!("{next}: {:?}", response.body_mut().read_to_string()) };
            next = if location.starts_with('/') { format!("{}{location}", self.url) } else { location };
            if !next.starts_with(&self.url) {
                return next;
            }
        }
        panic!("it sends around in circles: {next}");
    }

    fn post(&self, path: &str, body: &Value) -> (u16, String) {
        let request = Request::builder().method("POST").uri(format!("{}{path}", self.url)).body(body.to_string());
        let mut response = self.agent.run(request.expect("a request")).expect("an answer");
        (response.status().as_u16(), response.body_mut().read_to_string().expect("text"))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The directory with the npm packages, installed on first use.
fn modules() -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/oidc-provider");
    fs::create_dir_all(&directory).expect("target is writable");
    let lock = File::create(directory.join("lock")).expect("it is writable");
    lock.lock().expect("files under target can be locked");
    let complete = directory.join("complete");
    if fs::read_to_string(&complete).unwrap_or_default() != PACKAGE {
        let install = ["install", "--no-audit", "--no-fund", "--silent", "--prefix", ".", PACKAGE];
        crate::python::run(Command::new("npm").current_dir(&directory).args(install));
        fs::write(&complete, PACKAGE).expect("it is writable");
    }
    directory
}
