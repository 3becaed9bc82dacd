//! MariaDB, or MySQL: users and the database are created by a file that the server reads before it accepts connections.

use std::path::Path;
use std::process::Command;

use takk_model::error::Result;

use super::{Launch, Program, RunsAs, credential, make_directory, port, run};
use crate::blueprint::Blueprint;
use crate::ledger::{Entry, HOST};
use crate::local::directory::Directory;
use crate::local::programs::Search;
use crate::local::user::ServerUser;

pub(super) fn find(search: &Search, blueprint: &Blueprint) -> Result<Program> {
    let (names, packages): (&[&str], _) = if blueprint.kind.name == "mysql" {
        (&["mysqld"], "Homebrew: mysql, or MySQL's own packages")
    } else {
        (&["mariadbd"], "Debian: mariadb-server, Homebrew: mariadb")
    };
    let (file, version) = search.fitting(names, "--version", blueprint, packages)?;
    let initialize = if blueprint.kind.name == "mysql" { initialize_mysql } else { initialize_mariadb };
    Ok(Program { file, version, has_versioned_data: true, runs_as: RunsAs::Other, initialize: Some(initialize), launch })
}

fn initialize_mariadb(
    program: &Program,
    directory: &Directory,
    data: &Path,
    _: &Entry,
    user: Option<&ServerUser>,
) -> Result<()> {
    make_directory(data, user)?;
    let mut command = Command::new(program.file.with_file_name("mariadb-install-db"));
    if !command.get_program().to_str().is_some_and(|file| Path::new(file).exists()) {
        // Debian has it in a `bin` directory, unlike the server, which is in `sbin`.
        command = Command::new("/usr/bin/mariadb-install-db");
    }
    command.arg("--no-defaults").arg(format!("--datadir={}", data.display()));
    command.args(["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]);
    run(command, directory, user)
}

fn initialize_mysql(program: &Program, directory: &Directory, data: &Path, _: &Entry, user: Option<&ServerUser>) -> Result<()> {
    let mut command = Command::new(&program.file);
    command.args(["--no-defaults", "--initialize-insecure"]).arg(format!("--datadir={}", data.display()));
    run(command, directory, user)
}

fn launch(program: &Program, directory: &Directory, entry: &Entry) -> Result<Launch> {
    // Identifiers consist of lowercase letters, digits and `_`, and passwords of letters and digits: nothing needs quoting. The statements
    // are idempotent, and set what is stored.
    let (username, database) = (credential(entry, "username")?, credential(entry, "database")?);
    let (password, root) = (credential(entry, "password")?, credential(entry, "root_password")?);
    let statements = format!(
        "ALTER USER 'root'@'localhost' IDENTIFIED BY '{root}';\n\
         CREATE DATABASE IF NOT EXISTS {database};\n\
         CREATE USER IF NOT EXISTS '{username}'@'{HOST}' IDENTIFIED BY '{password}';\n\
         ALTER USER '{username}'@'{HOST}' IDENTIFIED BY '{password}';\n\
         GRANT ALL ON {database}.* TO '{username}'@'{HOST}';\n"
    );
    let options = [
        format!("--datadir={}", directory.data().display()),
        format!("--port={}", port(entry)?),
        format!("--bind-address={HOST}"),
        format!("--socket={}", directory.file("socket").display()),
        format!("--pid-file={}", directory.file("server.pid").display()),
        format!("--init-file={}", directory.file("users.sql").display()),
    ];
    let mut arguments = vec!["--no-defaults", "--skip-name-resolve"];
    arguments.extend(options.iter().map(String::as_str));
    Ok(Launch::of(&program.file, directory, &arguments).file("users.sql", statements))
}
