//! The end of a resource on a server: the rights of its users, what they still do, its database, its users. What is missing is skipped, so
//! that a removal that was interrupted can be repeated. The users go last: their custom data says whose the database is.

use serde_json::{Value, json};
use takk_model::error::{Error, Result};

use super::admin::{MongoAdmin, failed};
use super::found::Found;
use super::steps::{Command, Terms};
use crate::ledger::Entry;
use crate::login::MONGO_ADMIN;

pub(super) fn remove(admin: &MongoAdmin, entry: &Entry) -> Result<()> {
    let terms = Terms::of(entry)?;
    let (mut session, _) = admin.open()?;
    let found = Found::read(&mut session, admin, entry, &terms)?;
    let foreign = found.foreign(entry, &terms);
    if !foreign.is_empty() {
        // What was given away or taken since is not removed.
        let error = Error::usage(format!("{}: not all of it is marked as takk's, so takk removes nothing", entry.key()));
        return Err(foreign.into_iter().fold(error, Error::about).hint("to take it over first: takk provision --adopt"));
    }
    let doing = format!("{}: cannot remove it from the server", entry.key());
    for Command { database, command } in commands(&terms, &found) {
        session.run(&database, &command, &[]).map_err(|error| failed(&doing, &error))?;
    }
    Ok(())
}

fn commands(terms: &Terms, found: &Found) -> Vec<Command> {
    let of_users = |command: &dyn Fn(&str) -> Value| -> Vec<Command> {
        found.users.keys().map(|name| Command::new(MONGO_ADMIN, command(name))).collect()
    };
    // From here on, whoever is still connected may do nothing; but operations that run go on.
    let mut commands = of_users(&|name| json!({ "updateUser": name, "roles": [] }));
    let sessions: Vec<Value> = found.users.keys().map(|name| json!({ "user": name, "db": MONGO_ADMIN })).collect();
    if !sessions.is_empty() {
        commands.push(Command::new(MONGO_ADMIN, json!({ "killAllSessions": sessions })));
    }
    // Without users, what has the name is not takk's, or there is nothing.
    if !found.users.is_empty() {
        commands.push(Command::new(&terms.database, json!({ "dropDatabase": 1 })));
    }
    commands.extend(of_users(&|name| json!({ "dropUser": name })));
    commands
}
