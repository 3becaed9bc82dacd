//! Repositories are not trusted: whose values one gets, and what it can make a command run.

mod asked;
mod build;
mod names;
mod other;
mod program;
mod subdirectory;
mod upgrade;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::process::{Answer, piped, program, takk_with};

const SETTINGS: &str =
    "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    token: str\n    port: int = 80\n";

/// A person's machine: a data directory, and checkouts.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    /// With a shop whose values are stored, including those of production.
    fn with_shop() -> Self {
        let machine = Self::new();
        let shop = machine.checkout("shop", "shop");
        machine.set(&shop, "dev", "TOKEN", "of dev");
        machine.set(&shop, "prod", "TOKEN", "of prod");
        machine
    }

    /// A checkout whose code declares a name.
    fn checkout(&self, directory: &str, name: &str) -> PathBuf {
        let root = self.path(directory);
        fs::create_dir_all(&root).expect("made");
        rename(&root, name);
        fs::write(root.join("settings.py"), SETTINGS).expect("written");
        root
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().expect("there").join(name)
    }

    fn home(&self) -> String {
        self.path("home").to_str().expect("text").to_owned()
    }

    fn variables(&self) -> [(&'static str, &'static str); 2] {
        // A leaked string lives as long as the test.
        [("TAKK_HOME", self.home().leak()), ("TAKK_KEYRING", "off")]
    }

    fn with(&self, root: &Path, arguments: &[&str], more: &[(&str, &str)]) -> Answer {
        let mut variables: Vec<(&str, &str)> = self.variables().to_vec();
        variables.extend_from_slice(more);
        takk_with(root, arguments, &variables)
    }

    fn takk(&self, root: &Path, arguments: &[&str]) -> Answer {
        self.with(root, arguments, &[])
    }

    #[track_caller]
    fn done(&self, root: &Path, arguments: &[&str]) -> String {
        self.takk(root, arguments).done()
    }

    #[track_caller]
    fn refused(&self, root: &Path, arguments: &[&str]) -> String {
        let answer = self.takk(root, arguments);
        assert!(!(answer.out.clone() + &answer.err).contains("of prod"), "{arguments:?}: {}{}", answer.out, answer.err);
        answer.refused()
    }

    fn piped(&self, root: &Path, arguments: &[&str], input: &str) -> Answer {
        let mut command = program(&self.path("home"));
        command.current_dir(root).args(arguments);
        piped(command, input.as_bytes())
    }

    #[track_caller]
    fn set(&self, root: &Path, environment: &str, name: &str, value: &str) {
        self.piped(root, &["secrets", "set", name, "--stdin", "--env", environment], value).done();
    }

    /// What a command in a checkout gets.
    #[track_caller]
    fn given(&self, root: &Path, environment: &str) -> String {
        self.done(root, &["run", "--env", environment, "--", "printenv", "TOKEN"])
    }

    fn links(&self) -> String {
        fs::read_to_string(self.path("home/links.json")).unwrap_or_default()
    }
}

/// The name that the code of a checkout declares.
fn rename(root: &Path, name: &str) {
    // With the escapes that TOML requires.
    let escaped = |c: char| if c.is_ascii_graphic() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    let name: String = name.chars().map(escaped).collect();
    fs::write(root.join("pyproject.toml"), format!("[project]\nname = \"{name}\"\n")).expect("written");
}

/// Every command that reads, writes or judges values.
const ON_VALUES: &[&[&str]] = &[
    &["run", "--env", "prod", "--", "env"],
    &["run", "--redact", "--env", "prod", "--", "env"],
    &["run", "--watch", "--env", "prod", "--", "env"],
    &["secrets", "get", "TOKEN", "--env", "prod"],
    &["secrets", "list", "--env", "prod"],
    &["secrets", "export", "--env", "prod"],
    &["secrets", "history", "TOKEN", "--env", "prod"],
    &["secrets", "rollback", "TOKEN", "--env", "prod"],
    &["secrets", "unset", "TOKEN", "--env", "prod"],
    &["secrets", "set", "--env", "prod"],
    &["secrets", "set", "TOKEN", "--generate", "--env", "prod"],
    &["secrets", "set", "TOKEN", "--file", "settings.py", "--env", "prod"],
    &["secrets", "import", "values.json", "--env", "prod"],
    &["secrets", "promote", "--from", "prod", "--to", "dev", "--yes"],
    &["diff", "dev", "prod"],
    &["check", "--env", "prod"],
    &["check", "--env", "prod", "--format", "json"],
    &["env", "list"],
    &["env", "create", "preview/x", "--from", "prod"],
    &["env", "delete", "prod", "--yes"],
    &["push"],
];
