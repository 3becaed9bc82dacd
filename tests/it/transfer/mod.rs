//! Moving values: from a file, into a file, and between environments.

mod diff;
mod export;
mod import;
mod leak;
mod promote;

use std::path::Path;

use tempfile::TempDir;

use crate::process::{Answer, takk_with};

/// A small shop: a required URL, keys of both kinds, plain settings, a nested model and the URL of a service.
const SETTINGS: &str = r#"from typing import Annotated, Literal

from pydantic import AnyUrl, BaseModel, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from takk.models import ServiceUrl


class Cache(BaseModel):
    host: str
    size: int = 10


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    database_url: PostgresDsn
    stripe_key: SecretStr
    session_secret: SecretStr
    log_level: Literal["debug", "info"] = "info"
    port: int = 8000
    smtp_host: str = "localhost"
    bucket: str = "orders"
    cache: Cache | None = None
    api_url: Annotated[AnyUrl, ServiceUrl("api", "internal")]
"#;

const PROJECT: &str = r#"from takk.models import FastAPIApp, Project

from shop.settings import Settings

project = Project(name="shop", api=FastAPIApp("shop.app", port=8000, settings=[Settings]))
"#;

/// A project with a store of its own.
struct Shop {
    directory: TempDir,
    home: TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop =
            Self { directory: tempfile::tempdir().expect("a directory"), home: tempfile::tempdir().expect("a directory") };
        shop.write("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1\"\n");
        shop.write("project.py", PROJECT);
        shop.write("shop/__init__.py", "");
        shop.write("shop/settings.py", SETTINGS);
        shop
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().expect("in the project")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    fn takk(&self, arguments: &[&str]) -> Answer {
        let home = self.home.path().to_str().expect("text");
        takk_with(
            self.path(),
            arguments,
            &[("TAKK_HOME", home), ("TAKK_KEYRING", "off"), ("NO_COLOR", "1"), ("USER", "me"), ("HOST", "of the process")],
        )
    }

    /// Runs a command that must succeed.
    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        let answer = self.takk(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}{}", answer.out, answer.err);
        answer.out
    }

    /// Imports a valid dotenv text.
    #[track_caller]
    fn import(&self, environment: &str, text: &str) {
        self.write("values.env", text);
        self.ok(&["secrets", "import", "values.env", "--env", environment]);
    }

    fn get(&self, environment: &str, name: &str) -> Option<String> {
        let answer = self.takk(&["secrets", "get", name, "--env", environment]);
        (answer.code == 0).then_some(answer.out)
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let answer = self.takk(&[arguments, &["--json"]].concat());
        serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {}{}", answer.out, answer.err))
    }
}
