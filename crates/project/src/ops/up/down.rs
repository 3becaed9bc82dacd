//! `takk down`: stops servers, and keeps their data, credentials and values. `--data` removes them, after a person has typed the name of the
//! environment.

use takk_model::age::age;
use takk_model::error::{Error, Result};
use takk_model::{EnvironmentName, Origin};
use takk_provision::{Entry, State};
use takk_vault::Update;

use super::lease::{Holder, is_held, lease};
use super::ledger::{Kept, known, remove, write};
use super::machine::Machine;
use crate::config;
use crate::platform::{Platform, now};
use takk_model::visible::shell_word;

/// What is removed along with the data of an environment.
pub struct Removal {
    /// The resources, in order of removal: parts of servers before the servers.
    kept: Vec<(String, Kept)>,
}

impl Removal {
    /// The entries to remove.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.kept.iter().map(|(key, kept)| (key.as_str(), &kept.entry))
    }
}

/// The resources that a command selects; without names, all in the ledger.
pub(in crate::ops) fn chosen(
    platform: &mut dyn Platform,
    environment: &EnvironmentName,
    resources: &[String],
) -> Result<Vec<(String, Kept)>> {
    let all = known(platform, environment.as_str())?;
    for name in resources {
        if !all.iter().any(|(key, kept)| key == name || kept.entry.kind == *name) {
            let error = Error::usage(format!("takk runs no `{name}` in `{environment}`"));
            let keys: Vec<&str> = all.iter().map(|(key, _)| key.as_str()).collect();
            return Err(if keys.is_empty() { error } else { error.hint(format!("it runs {}", keys.join(", "))) });
        }
    }
    let is_meant = |key: &str, kind: &str| resources.is_empty() || resources.iter().any(|name| name == key || name == kind);
    Ok(all.into_iter().filter(|(key, kept)| is_meant(key, &kept.entry.kind)).collect())
}

/// Whether another run works on a resource of an environment at this moment.
pub fn is_in_use(platform: &mut dyn Platform, environment: &EnvironmentName) -> Result<bool> {
    let all = known(platform, environment.as_str())?;
    let mut leases = all.iter().filter_map(|(_, kept)| kept.entry.lease.as_ref());
    Ok(leases.any(|lease| is_held(lease, "", now())))
}

/// Stops the servers and returns the keys of those that it stopped. Calls `report` before each.
pub fn down(
    platform: &mut dyn Platform,
    environment: &EnvironmentName,
    machine: &Machine,
    resources: &[String],
    report: &mut dyn FnMut(&str),
) -> Result<Vec<String>> {
    let mut stopped = Vec::new();
    let mut failed: Option<Error> = None;
    for (key, Kept { entry, .. }) in chosen(platform, environment, resources)? {
        // takk does not stop servers that it does not run.
        if entry.place.is_none() || entry.is_on_server() {
            continue;
        }
        report(&key);
        match machine.of_entry(&entry).and_then(|provisioner| provisioner.stop(&entry)) {
            Ok(()) => stopped.push(key),
            Err(error) => failed = Some(failed.map_or(error, |first| first)),
        }
    }
    failed.map_or(Ok(stopped), Err)
}

/// What removing the data would remove, if all of it may be removed.
pub fn removal(platform: &mut dyn Platform, environment: &EnvironmentName, resources: &[String]) -> Result<Removal> {
    let mut kept = chosen(platform, environment, resources)?;
    if let Some((key, _)) = kept.iter().find(|(_, kept)| kept.entry.is_protected(now()) && kept.entry.state != State::Retiring)
    {
        return Err(Error::usage(format!("{key} is protected: its data cannot be removed")).hint(format!(
            "to lift the protection for an hour: takk provision unprotect {} --env {environment}",
            shell_word(key)
        )));
    }
    kept.sort_by_key(|(_, kept)| kept.entry.place.is_some());
    Ok(Removal { kept })
}

impl Removal {
    /// Removes servers and data first, then the credentials and the values that takk set.
    pub fn carry_out(
        self,
        platform: &mut dyn Platform,
        environment: &EnvironmentName,
        machine: &Machine,
        report: &mut dyn FnMut(&str),
    ) -> Result<Vec<String>> {
        let name = environment.as_str();
        let holder = Holder::new()?;
        let mut removed = Vec::new();
        for (key, mut kept) in self.kept {
            if let Some(server) = platform.provisioning() {
                report(&key);
                server.remove(name, &key)?;
                removed.push(key);
                continue;
            }
            if let Some(other) = kept.entry.lease.as_ref().filter(|other| is_held(other, holder.name(), now())) {
                // It would create something right after that was removed.
                let since = age(other.since, now());
                let by =
                    format!("takk of {} (process {} on {}), which began {since}", other.user, other.process, other.machine);
                let what = if kept.entry.state == State::Retiring { "removed" } else { "created" };
                return Err(Error::usage(format!("{key} is being {what} by {by}"))
                    .hint("wait for it to end, then run the command again"));
            }
            report(&key);
            let action = (kept.entry.state != State::Retiring).then_some("resource.retire");
            kept.entry.state = State::Retiring;
            kept.entry.lease = Some(lease(holder.name(), &machine.author, now()));
            kept.version = write(platform, name, &kept, Vec::new(), action)?.0;
            config::after_step(&format!("{key}:retiring"));
            if kept.entry.place.is_some()
                && let Err(error) = machine.of_entry(&kept.entry).and_then(|provisioner| provisioner.remove(&kept.entry))
            {
                kept.entry.lease = None;
                // If that cannot be stored, the lease ends with this run.
                let _ = write(platform, name, &kept, Vec::new(), None);
                return Err(error);
            }
            config::after_step(&format!("{key}:removed"));
            // A value that a person has set since is not takk's to remove.
            let versions = platform.versions(name)?;
            let published = kept.entry.published.iter().filter(|(name, version)| versions.get(*name) == Some(version));
            let values = published
                .map(|(name, version)| Update {
                    name: name.clone(),
                    value: None,
                    expected: Some(*version),
                    origin: Origin::Provisioned,
                })
                .collect();
            remove(platform, name, &kept, values)?;
            removed.push(key);
        }
        Ok(removed)
    }
}
