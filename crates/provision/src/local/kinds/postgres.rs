//! PostgreSQL: `initdb` makes the superuser with its password, and authentication is SCRAM from the first start on.

use std::path::Path;
use std::process::Command;

use takk_model::error::Result;

use super::{Launch, Program, RunsAs, credential, port, run};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::Search;
use crate::local::user::ServerUser;

/// The file from which `initdb` reads the password.
const PASSWORD: &str = "initdb.password";

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let (file, version) = search.fitting(&["postgres"], "--version", blueprint, "Debian: postgresql, Homebrew: postgresql")?;
    Ok(Program { file, version, has_versioned_data: true, runs_as: RunsAs::Other, initialize: Some(initialize), launch })
}

fn initialize(program: &Program, directory: &Directory, data: &Path, entry: &Entry, user: Option<&ServerUser>) -> Result<()> {
    let password = zeroize::Zeroizing::new(credential(entry, "password")?.to_owned());
    directory.write(&[(PASSWORD.to_owned(), password)], user)?;
    let file = directory.file(PASSWORD);
    let mut command = Command::new(program.file.with_file_name("initdb"));
    command.arg("--pgdata").arg(data).arg("--username").arg(credential(entry, "username")?);
    command.arg("--pwfile").arg(&file).args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]);
    let made = run(command, directory, user).and_then(|()| create_database(program, directory, data, entry, user));
    let _ = std::fs::remove_file(&file);
    made
}

/// Creates the database before anyone can connect.
fn create_database(
    program: &Program,
    directory: &Directory,
    data: &Path,
    entry: &Entry,
    user: Option<&ServerUser>,
) -> Result<()> {
    // Both are identifiers of lowercase letters, digits and `_` (`Owner::identifier`), so they need no quoting.
    let (database, owner) = (credential(entry, "database")?, credential(entry, "username")?);
    let script = directory.file("database.sql");
    directory.write(&[("database.sql".to_owned(), format!("create database {database} owner {owner};\n").into())], user)?;
    let mut command = Command::new("/bin/sh");
    // `run` provides no input, so the shell opens the file. `-F`: like `initdb --no-sync`, it leaves flushing to the system.
    command.args(["-c", "exec \"$0\" --single -F -j -D \"$1\" postgres <\"$2\""]).arg(&program.file).arg(data).arg(&script);
    let made = run(command, directory, user);
    let _ = std::fs::remove_file(&script);
    made
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    let (data, port) = (directory.data().display().to_string(), port(entry)?.to_string());
    let arguments = ["-D", &data, "-p", &port, "-c", &format!("listen_addresses={HOST}"), "-c", "unix_socket_directories="]
        .map(str::to_owned);
    Ok(Launch::of(&program.file, directory, &arguments.each_ref().map(String::as_str)))
}
