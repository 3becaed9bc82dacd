//! takk as a client: of a real `takk serve`, and of small servers that misbehave.

mod dumped;
pub(crate) mod fake;
mod faults;
mod leak;
mod link;
mod offline;
mod push;
mod tls;

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::process::{Answer, takk_with};
use crate::server::Server;

const SETTINGS: &str =
    "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    token: str\n    port: int\n";

/// A project and a home directory.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a directory"));
        fs::create_dir(desk.root()).expect("made");
        desk.write("settings.py", SETTINGS);
        desk.write("pyproject.toml", "[project]\nname = \"app\"\n");
        desk
    }

    /// Linked to a server.
    fn on(server: &Server) -> Self {
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
        self.takk(arguments).done()
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        self.takk(arguments).refused()
    }

    fn set(&self, name: &str, value: &str) {
        self.write(".value", value);
        self.done(&["secrets", "set", name, "--file", ".value", "--env", "dev"]);
        fs::remove_file(self.root().join(".value")).expect("removed");
    }

    /// Stores all required values in `dev`.
    fn fill(&self) {
        self.set("TOKEN", "the value");
        self.set("PORT", "80");
    }
}
