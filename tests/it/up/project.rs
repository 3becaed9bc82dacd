//! A project and a store for `takk up`, and assertions about what it created.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::engine::Engine;
use crate::process::{Answer, piped, program};

/// A checkout with a store of its own. What it created is removed on drop.
pub(crate) struct Checkout {
    directory: TempDir,
    home: TempDir,
    /// `PATH`, with the servers that takk may find.
    path: OsString,
    /// The engine, as in `DOCKER_HOST`; one that does not exist if there is none.
    host: String,
    /// The process whose mount namespace takk runs in, if not this one's.
    mounts: Option<u32>,
}

impl Checkout {
    /// A project of that name with one settings class.
    pub(crate) fn new(name: &str, fields: &str, path: OsString, engine: Option<&Engine>) -> Self {
        let none = "unix:///nonexistent/docker.sock".to_owned();
        Self::with_host(name, fields, path, &engine.map_or(none, Engine::host))
    }

    /// The same with the engine at this URL.
    pub(crate) fn with_host(name: &str, fields: &str, path: OsString, host: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let home = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join("pyproject.toml"), format!("[project]\nname = \"{name}\"\nversion = \"1\"\n"))
            .expect("write");
        let checkout = Self { directory, home, path, host: host.to_owned(), mounts: None };
        checkout.settings(fields);
        checkout
    }

    /// Writes the settings class.
    pub(crate) fn settings(&self, fields: &str) {
        let fields: Vec<String> = fields.split(';').map(|field| format!("    {}\n", field.trim())).collect();
        let text = format!(
            "from typing import Annotated\n\nfrom pydantic import AmqpDsn, AnyUrl, MariaDBDsn, MySQLDsn, NatsDsn, PostgresDsn, RedisDsn, SecretStr\n\
             from pydantic_settings import BaseSettings\nfrom takk.models import ResourceTags\n\
             from takk.secrets import ResourceRef, S3AccessKey, S3BucketName, S3Endpoint, S3RegionName, S3SecretKey\n\
             from takk.secrets import SqlalchemyMySQLDsn, SqsAccessKey, SqsEndpoint, SqsRegionName, SqsSecretKey\n\n\n\
             class Settings(BaseSettings):\n{}\n\nsettings = Settings()\n",
            fields.concat()
        );
        fs::write(self.directory.path().join("settings.py"), text).expect("write");
    }

    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    /// takk in the checkout.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.home.path());
        if let Some(process) = self.mounts {
            let takk = std::mem::replace(&mut command, Command::new("nsenter"));
            command.args(["--mount", "--wd=.", "--target", &process.to_string(), "--"]).arg(takk.get_program());
        }
        command.current_dir(self.directory.path()).args(arguments);
        command.envs(self.variables()).env_remove("VIRTUAL_ENV");
        command
    }

    /// From now on takk runs in the mount namespace of this process.
    pub(crate) fn sees_mounts_of(&mut self, process: u32) {
        self.mounts = Some(process);
    }

    /// The directory of its store.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// takk's environment there.
    pub(crate) fn variables(&self) -> [(&'static str, String); 5] {
        let text = |value: &OsStr| value.to_str().expect("text").to_owned();
        [
            ("TAKK_HOME", text(self.home.path().as_os_str())),
            ("TAKK_KEYRING", "off".to_owned()),
            ("PATH", text(&self.path)),
            ("DOCKER_HOST", self.host.clone()),
            ("USER", "anna".to_owned()),
        ]
    }

    pub(crate) fn takk(&self, arguments: &[&str]) -> Answer {
        piped(self.command(arguments), b"")
    }

    /// `takk up` that is killed with SIGKILL after a step.
    pub(crate) fn killed_after(&self, step: &str, arguments: &[&str]) {
        let mut command = self.command(arguments);
        command.env("TAKK_TEST_KILL_AFTER", step).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = command.output().expect("run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), None, "{step} was not reached: {said}");
    }

    /// What is stored under a name in `dev`.
    pub(crate) fn value(&self, name: &str) -> String {
        self.takk(&["secrets", "get", name, "--env", "dev"]).done().trim().to_owned()
    }

    /// The servers, as `takk ps --json` lists them.
    pub(crate) fn servers(&self) -> Vec<Value> {
        let answer = self.takk(&["ps", "--json", "--env", "dev"]).done();
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    /// Asserts that everything runs and accepts a login with the stored credentials.
    #[track_caller]
    pub(crate) fn is_ready(&self) {
        let answer = self.takk(&["status", "--json", "--env", "dev"]);
        let status: Value = serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
        assert_eq!(status["is_ready"], true, "{status:#}");
    }
}

impl Checkout {
    /// Removes what it created.
    pub(crate) fn ends(&self) {
        let _ = self.command(&["down", "--data", "--confirm", "dev", "--env", "dev"]).output();
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.ends();
    }
}

/// The processes that run in a directory, without their children.
pub(crate) fn processes_in(directory: &str) -> Vec<u32> {
    let all = fs::read_dir("/proc").expect("Linux").filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let is_there = |process: &u32| {
        let place: Option<PathBuf> = fs::read_link(format!("/proc/{process}/cwd")).ok();
        place.is_some_and(|place| place.starts_with(directory))
    };
    let there: Vec<u32> = all.filter(is_there).collect();
    let parent = |process: u32| {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<u32>().ok()
    };
    there.iter().copied().filter(|process| parent(*process).is_none_or(|parent| !there.contains(&parent))).collect()
}
