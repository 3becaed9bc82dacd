//! takk against a server: a real `takk serve`, and small ones of these tests that do what a server should not.

mod dumped;
pub mod fake;
mod faults;
mod leak;
mod link;
mod offline;
mod push;
mod tls;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::process::{Answer, takk_with};

const SETTINGS: &str =
    "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    token: str\n    port: int\n";

/// `takk serve` with a store of its own.
pub struct Served {
    pub url: String,
    pub owner: String,
    process: Child,
    home: TempDir,
}

impl Served {
    pub fn start() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let mut process = Command::new(assert_cmd::cargo::cargo_bin("takk"))
            .args(["serve", "--listen", "127.0.0.1:0", "--print-token"])
            .env("TAKK_HOME", home.path().join("takk"))
            .env("TAKK_KEYRING", "off")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let (mut url, mut owner) = (String::new(), String::new());
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        for line in lines.map(|line| line.expect("text")) {
            if let Some((_, address)) = line.split_once("listens on ") {
                address.clone_into(&mut url);
            }
            if line.trim().starts_with("takk_p_") {
                line.trim().clone_into(&mut owner);
                break;
            }
        }
        assert!(!url.is_empty() && !owner.is_empty(), "it says where it is, and gives a token");
        Self { url, owner, process, home }
    }

    /// Logs in with the owner's token.
    pub fn log_in(&self, project: &Path, home: &[(&str, &str)]) {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("takk"));
        command.current_dir(project).args(["login", &self.url, "--token-stdin"]).envs(home.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("run");
        writeln!(child.stdin.take().expect("a pipe"), "{}", self.owner).expect("written");
        let output = child.wait_with_output().expect("ended");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Its process.
    fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Its master key, as digits.
    fn master_key(&self) -> String {
        fs::read_to_string(self.home.path().join("takk/master.key")).expect("a key").trim().to_owned()
    }

    fn stop(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("ended");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A project, and a home.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a directory"));
        fs::create_dir(desk.root()).expect("made");
        desk.write("settings.py", SETTINGS);
        desk.write("pyproject.toml", "[project]\nname = \"app\"\n");
        desk
    }

    /// With its values on a server.
    fn on(server: &Served) -> Self {
        let desk = Self::new();
        server.log_in(&desk.root(), &desk.variables());
        desk.done(&["link", &server.url]);
        desk
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.root().join(name), text).expect("written");
    }

    fn root(&self) -> PathBuf {
        self.0.path().join("app")
    }

    fn home(&self) -> PathBuf {
        self.0.path().join("home")
    }

    fn home_text(&self) -> String {
        self.home().to_str().expect("text").to_owned()
    }

    fn variables(&self) -> [(&'static str, &'static str); 3] {
        // A leaked text lives as long as the test.
        [("TAKK_HOME", self.home_text().leak()), ("TAKK_KEYRING", "off"), ("TAKK_TIMEOUT", "3s")]
    }

    fn with(&self, arguments: &[&str], more: &[(&str, &str)]) -> Answer {
        let mut variables: Vec<(&str, &str)> = self.variables().to_vec();
        variables.extend_from_slice(more);
        takk_with(&self.root(), arguments, &variables)
    }

    fn takk(&self, arguments: &[&str]) -> Answer {
        self.with(arguments, &[])
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let answer = self.takk(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}{}", answer.out, answer.err);
        answer.out + &answer.err
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let answer = self.takk(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {}{}", answer.out, answer.err);
        answer.err
    }

    fn set(&self, name: &str, value: &str) {
        self.write(".value", value);
        self.done(&["secrets", "set", name, "--file", ".value", "--env", "dev"]);
        fs::remove_file(self.root().join(".value")).expect("removed");
    }

    /// Stores everything that is required in `dev`.
    fn fill(&self) {
        self.set("TOKEN", "the value");
        self.set("PORT", "80");
    }
}
