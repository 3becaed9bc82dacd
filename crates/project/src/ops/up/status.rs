//! The current state of the servers of an environment, as the engine and the servers report it.

use std::ffi::OsString;

use takk_model::Held;
use takk_model::error::{Error, Result};
use takk_plan::{EnvironmentPlan, State};
use takk_provision::{Entry, Status, check};

use super::super::other_sources::OtherSources;
use super::super::project::ReadProject;
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

/// Whether the required variables of a program have values, as `takk run` would find them.
#[derive(Debug, Default)]
pub struct Values {
    /// Those without one.
    pub missing: Vec<String>,
    /// Those that the store lacks, but that the program inherits or finds in a dotenv file: with its path.
    pub elsewhere: Vec<(String, Option<String>)>,
}

/// Looks for the required variables of a program that the store lacks. `inherited` are the names in the environment that it inherits.
pub fn values(project: &ReadProject, plan: &EnvironmentPlan, held: &[Held], inherited: &[OsString]) -> Values {
    let (manifest, beside) = (&project.manifest, OtherSources::of(project, inherited));
    let mut values = Values::default();
    for variable in plan.variables.iter().filter(|variable| variable.state == State::Missing) {
        if beside.has(manifest, variable, held) {
            let file = beside.in_file(manifest, variable).filter(|_| !beside.is_inherited(manifest, variable));
            values.elsewhere.push((variable.declared.name.clone(), file.map(|place| place.file)));
        } else {
            values.missing.extend(variable.lacking().map(str::to_owned));
        }
    }
    values
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
