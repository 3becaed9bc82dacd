//! Which ports of this machine a resource gets.

use takk_model::error::{Error, Result};

use crate::blueprint::Blueprint;
use crate::ledger::Entry;
use crate::ports::{Ports, in_use, is_free};
use crate::provisioner::Journal;

/// Chooses the ports of a resource that are not chosen yet, or that another process listens on.
pub(crate) fn choose_ports(blueprint: &Blueprint, entry: &mut Entry, ports: &Ports, journal: &dyn Journal) -> Result<()> {
    let none = || Error::system(format!("{}: no free port was found", blueprint.key()));
    let wanted = entry.port.unwrap_or_else(|| blueprint.inner_port());
    if entry.port.is_none_or(|port| !is_free(port)) {
        let port = ports.choose(wanted).ok_or_else(none)?;
        if port != wanted {
            journal.note(format!("{}; using {port}", in_use(wanted)));
        }
        entry.port = Some(port);
    }
    for extra in blueprint.server.ports {
        if entry.ports.get(extra.name).is_none_or(|port| !is_free(*port)) {
            entry.ports.insert(extra.name.to_owned(), ports.choose(extra.port).ok_or_else(none)?);
        }
    }
    Ok(())
}
