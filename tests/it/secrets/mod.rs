//! Values on the command line: what is stored and refused, what `takk plan` and `takk check` report, and what a command gets.

mod asked;
mod checked;
mod compose_file;
mod composed;
mod created;
mod doctor;
mod driver;
mod elsewhere;
mod injected;
mod leak;
mod live;
mod many;
mod nested;
mod pasted;
mod stored;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Answer, piped, program, takk_with};

/// The settings of the project that these tests fill.
const SETTINGS: &str = r#"
from typing import Literal
from pydantic import AnyUrl, BaseModel, Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")

    api_key: SecretStr = Field(min_length=8, description="Given out by the vendor")
    session_secret: SecretStr
    database_url: PostgresDsn
    level: Literal["low", "high"]
    port: int = 8000
    home_page: AnyUrl | None = None
"#;

/// A project with a store of its own.
struct Project {
    directory: TempDir,
}

impl Project {
    /// With [`SETTINGS`].
    fn new() -> Self {
        Self::with(SETTINGS)
    }

    fn with(settings: &str) -> Self {
        let project = Self { directory: tempfile::tempdir().expect("a directory") };
        fs::create_dir(project.root()).expect("made");
        fs::write(project.root().join("pyproject.toml"), "[project]\nname = \"app\"\n").expect("written");
        project.write(settings);
        project
    }

    /// Rewrites the settings.
    fn write(&self, settings: &str) {
        fs::write(self.root().join("settings.py"), settings).expect("written");
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("app")
    }

    fn home(&self) -> String {
        self.directory.path().join("home").to_str().expect("text").to_owned()
    }

    /// Runs takk in the project.
    fn takk(&self, arguments: &[&str]) -> Answer {
        takk_with(&self.root(), arguments, &[("TAKK_HOME", &self.home()), ("USER", "ada")])
    }

    /// Runs takk with this standard input.
    fn piped(&self, arguments: &[&str], input: &[u8]) -> Answer {
        piped(self.command(arguments), input)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(Path::new(&self.home()));
        command.current_dir(self.root()).args(arguments).env("USER", "ada");
        command
    }

    /// Stores a value in `dev`.
    fn set(&self, name: &str, value: &str) {
        self.set_in("dev", name, value);
    }

    fn set_in(&self, environment: &str, name: &str, value: &str) {
        self.piped(&["secrets", "set", name, "--stdin", "--env", environment], value.as_bytes()).done();
    }

    /// Stores every required value in `dev`.
    fn fill(&self) {
        for (name, value) in [
            ("APP_API_KEY", "vendor-key-17"),
            ("APP_SESSION_SECRET", "a session secret"),
            ("APP_DATABASE_URL", "postgresql://app:pw@localhost/app"),
            ("APP_LEVEL", "low"),
        ] {
            self.set(name, value);
        }
    }
}
