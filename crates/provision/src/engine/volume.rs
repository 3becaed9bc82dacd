//! The volume of a server's data. It outlives containers, so its labels say with which credentials and version it was filled.

use bollard::models::{Volume, VolumeCreateRequest};
use bollard::query_parameters::RemoveVolumeOptionsBuilder;
use takk_model::error::{Error, Result};
use takk_model::visible::shell_word;

use super::Engine;
use super::failure::is_missing;
use super::labels::{Labels, VERSION};
use crate::blueprint::Blueprint;
use crate::ledger::Entry;

impl Engine {
    /// Creates the volume, if the server needs one and it does not exist.
    pub(super) fn volume(&self, blueprint: &Blueprint, entry: &mut Entry, labels: &Labels) -> Result<()> {
        if blueprint.server.volume(&blueprint.version).is_none() {
            return Ok(());
        }
        let name = blueprint.container_name();
        match self.wait(self.docker.inspect_volume(&name)) {
            Ok(volume) => self.is_usable(&volume, blueprint, labels)?,
            Err(error) if is_missing(&error) => {
                let request = VolumeCreateRequest {
                    name: Some(name.clone()),
                    labels: Some(labels.map()),
                    ..VolumeCreateRequest::default()
                };
                let created = self.wait(self.docker.create_volume(request));
                // Another process may have created it in the meantime, with its own labels.
                let volume = created.map_err(|error| self.failed(&format!("cannot create the volume {name}"), error))?;
                self.is_usable(&volume, blueprint, labels)?;
            }
            Err(error) => return Err(self.failed(&format!("cannot look for the volume {name}"), error)),
        }
        entry.volume = Some(name);
        Ok(())
    }

    /// Whether the server can use a volume: it is ours, and was filled with the same credentials by the same major version.
    fn is_usable(&self, volume: &Volume, blueprint: &Blueprint, labels: &Labels) -> Result<()> {
        let (key, name, engine) = (blueprint.key(), &volume.name, self.flavour.name());
        if let Some(why) = labels.foreign(&volume.labels) {
            return Err(Error::usage(format!("{key}: the volume {name} exists, and {why}"))
                .hint(format!("`{engine} volume rm {name}` deletes it and its data; then run `takk up` again")));
        }
        if !labels.has_credential(&volume.labels) {
            return Err(Error::usage(format!(
                "{key}: the volume {name} was created with other credentials than those in the ledger"
            ))
            .hint("restore the store that has them, or delete the data:")
            .hint(format!("`{engine} volume rm {name}` deletes it; then run `takk up` again")));
        }
        let found = volume.labels.get(VERSION).map(String::as_str).unwrap_or_default();
        let (old, new) = (major(found), major(&blueprint.version));
        if old.is_some() && new.is_some() && old != new {
            let display = blueprint.kind.display;
            return Err(Error::usage(format!(
                "{key}: the data was written by {display} {found}, but the plan requires {}; a server cannot read the data of another major version",
                blueprint.version
            ))
            .hint(format!("to keep it, declare version {found} in the code and run `takk up`, then dump and restore"))
            .hint(format!("to start afresh: `takk down --data {}`, then `takk up`", shell_word(&key))));
        }
        Ok(())
    }

    pub(super) fn remove_volume(&self, entry: &Entry) -> Result<()> {
        let Some(name) = &entry.volume else { return Ok(()) };
        let options = RemoveVolumeOptionsBuilder::new().force(false).build();
        match self.wait(self.docker.remove_volume(name, Some(options))) {
            Ok(()) => Ok(()),
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(self.failed(&format!("cannot remove the volume {name}"), error)),
        }
    }
}

/// The major version; `None` if it is not a number.
fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.parse().ok()
}
