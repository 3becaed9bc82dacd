//! The current state of the servers of an environment, as the engine and the servers report it.

use takk_model::error::{Error, Result};
use takk_provision::{Entry, Status, check};

use super::ledger::{Kept, ledger};
use super::machine::Machine;
use crate::platform::{Platform, Seen};

/// The resources of an environment. With `log_in`, checks whether each running server accepts a login.
pub fn seen(platform: &mut dyn Platform, environment: &str, machine: &Machine, log_in: bool) -> Result<Vec<Seen>> {
    if let Some(server) = platform.provisioning() {
        // Without a login, the server does not report their status.
        return server.resources(environment, true);
    }
    let kept = ledger(platform, environment)?;
    let status = |entry: &Entry| {
        machine.of_entry(entry).and_then(|provisioner| provisioner.status(entry)).map_err(|error| error.message)
    };
    let (servers, guests): (Vec<_>, Vec<_>) = kept.into_iter().partition(|(_, kept)| kept.entry.place.is_some());
    let seen = |(key, Kept { entry, .. }): (String, Kept)| Seen { key, status: status(&entry), entry, refusal: None };
    let mut all: Vec<Seen> = servers.into_iter().map(seen).collect();
    for (key, Kept { entry, .. }) in guests {
        // A resource on another server shares its address.
        let host =
            all.iter().find(|seen| seen.entry.kind == entry.kind && seen.entry.port == entry.port && entry.port.is_some());
        let status = host.map_or(Ok(Status::Missing), |host| host.status.clone());
        all.push(Seen { key, entry, status, refusal: None });
    }
    all.sort_by(|one, other| one.key.cmp(&other.key));
    if log_in {
        std::thread::scope(|scope| {
            for seen in all.iter_mut().filter(|seen| seen.status == Ok(Status::Running)) {
                scope.spawn(|| seen.refusal = check(&seen.entry).err().map(|reason| reason.to_string()));
            }
        });
    }
    Ok(all)
}

/// Passes the log of a resource to `sink`, as the server writes it.
pub fn logs_of(
    platform: &mut dyn Platform,
    environment: &str,
    machine: &Machine,
    resource: &str,
    follow: bool,
    sink: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<()> {
    let kept = ledger(platform, environment)?;
    let is_it = |(key, kept): &&(String, Kept)| *key == resource || kept.entry.kind == resource;
    let Some((_, Kept { entry, .. })) = kept.iter().find(is_it) else {
        let keys: Vec<&str> = kept.iter().map(|(key, _)| key.as_str()).collect();
        let error = Error::usage(format!("takk runs no `{resource}` in `{environment}`"));
        return Err(if keys.is_empty() {
            error.hint("`takk up` creates what the code needs")
        } else {
            error.hint(format!("it runs {}", keys.join(", ")))
        });
    };
    machine.of_entry(entry)?.logs(entry, follow, sink)
}
