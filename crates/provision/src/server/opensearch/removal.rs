//! The end of a resource on a cluster: its user, its indices, its role. What is missing is skipped, so that a removal that was interrupted
//! can be repeated. The role goes last: its description says whose the indices are.

use takk_model::error::{Error, Result};

use super::admin::{OpensearchAdmin, path};
use super::api::Call;
use super::found::Found;
use super::steps::Terms;
use crate::ledger::Entry;

/// How many indices one request deletes: their names are in its URL.
const AT_ONCE: usize = 10;

pub(super) fn remove(admin: &OpensearchAdmin, entry: &Entry) -> Result<()> {
    let terms = Terms::of(entry)?;
    admin.open()?;
    let found = Found::read(admin, &terms, entry)?;
    let foreign = found.foreign(entry);
    if !foreign.is_empty() {
        // What was given away or taken since is not removed.
        let error = Error::usage(format!("{}: not all of it is marked as takk's, so takk removes nothing", entry.key()));
        return Err(foreign.into_iter().fold(error, Error::about).hint("to take it over first: takk provision --adopt"));
    }
    // From here on, nobody logs in any more. The cluster has no sessions: each request has a password.
    let mut calls = vec![Call::delete(path("internalusers", terms.user))];
    // By name: many clusters refuse to delete what a pattern matches.
    calls.extend(found.indices.chunks(AT_ONCE).map(|names| Call::delete(format!("/{}", names.join(",")))));
    calls.push(Call::delete(path("rolesmapping", terms.role)));
    calls.push(Call::delete(path("roles", terms.role)));
    let doing = format!("{}: cannot remove it from the server", entry.key());
    calls.iter().try_for_each(|call| admin.api.call(call)).map_err(|refusal| refusal.error(&doing))
}
