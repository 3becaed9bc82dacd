//! Redis, or Valkey in its place: the password is in the configuration file.

use takk_model::error::Result;

use super::{Launch, Program, RunsAs, credential, port};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::Search;

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let packages = "Debian: redis-server, Homebrew: redis";
    let (file, version) = search.fitting(&["redis-server", "valkey-server"], "--version", blueprint, packages)?;
    Ok(Program { file, version, has_versioned_data: false, runs_as: RunsAs::OtherIfPossible, initialize: None, launch })
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    let configuration = format!(
        "bind {HOST}\nport {}\nrequirepass {}\ndir {}\nappendonly yes\ndaemonize no\n",
        port(entry)?,
        credential(entry, "password")?,
        quoted(&directory.path().display().to_string()),
    );
    let file = directory.file("redis.conf").display().to_string();
    Ok(Launch::of(&program.file, directory, &[&file]).file("redis.conf", configuration))
}

/// Quotes a text for Redis' parser of arguments (`sdssplitargs`).
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
