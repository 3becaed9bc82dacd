//! The end of a resource on a server: its users, their queries, its database. What is missing is skipped, so that a removal that was
//! interrupted can be repeated. The database goes last: its comment says whose the users are.

use takk_model::error::{Error, Result};

use super::admin::{ClickhouseAdmin, quoted, text};
use super::api::Statement;
use super::found::Found;
use super::statements::Terms;
use crate::ledger::Entry;

pub(super) fn remove(admin: &ClickhouseAdmin, entry: &Entry) -> Result<()> {
    let terms = Terms::of(entry, None)?;
    admin.open()?;
    let found = Found::read(admin, entry, &terms)?;
    let foreign = found.foreign(entry, &terms);
    if !foreign.is_empty() {
        // What was given away or taken since is not removed.
        let error = Error::usage(format!("{}: not all of it is marked as takk's, so takk removes nothing", entry.key()));
        return Err(foreign.into_iter().fold(error, Error::about).hint("to take it over first: takk provision --adopt"));
    }
    let mut statements = Vec::new();
    for user in found.users.keys() {
        // From here on, nobody logs in any more; but queries that run go on.
        statements.push(format!("DROP USER IF EXISTS {}", quoted(user)));
    }
    for user in &terms.users {
        statements.push(format!("KILL QUERY WHERE user = {} SYNC", text(&user.name)));
    }
    if found.database.is_some() {
        // Until the data is gone.
        statements.push(format!("DROP DATABASE IF EXISTS {} SYNC", quoted(&terms.database)));
    }
    let doing = format!("{}: cannot remove it from the server", entry.key());
    let statements = statements.into_iter().map(|text| Statement { shown: text.clone(), text, secrets: Vec::new() });
    statements.into_iter().try_for_each(|statement| admin.api.run(&statement).map_err(|refusal| refusal.error(&doing)))
}
