//! The end of a resource on a broker: its user, its connections, its virtual host. What is missing is skipped, so that a removal that was
//! interrupted can be repeated.

use takk_model::error::{Error, Result};

use super::admin::{RabbitAdmin, in_path};
use super::api::Call;
use super::found::{Found, name};
use crate::ledger::Entry;

pub(super) fn remove(admin: &RabbitAdmin, entry: &Entry) -> Result<()> {
    admin.open()?;
    let found = Found::read(admin, entry)?;
    let foreign = found.foreign(entry);
    if !foreign.is_empty() {
        // What was given away or taken since is not removed.
        let error = Error::usage(format!("{}: not all of it is marked as takk's, so takk removes nothing", entry.key()));
        return Err(foreign.into_iter().fold(error, Error::about).hint("to take it over first: takk provision --adopt"));
    }
    let (vhost, user) = (name(entry, "vhost"), name(entry, "username"));
    let mut calls = Vec::new();
    if found.user.is_some() {
        // From here on, nobody logs in any more.
        calls.push(Call::delete(in_path("users", &[user])));
    }
    calls.push(Call::delete(in_path("connections/username", &[user])));
    if found.vhost.is_some() {
        calls.push(Call::delete(in_path("vhosts", &[vhost])));
    }
    let doing = format!("{}: cannot remove it from the server", entry.key());
    calls.iter().try_for_each(|call| admin.api.call(call)).map_err(|refusal| refusal.error(&doing))
}
