//! What to create for one resource, before any part of it exists.

use std::collections::BTreeMap;

use takk_catalog::{Kind, Server, fill};
use takk_model::Extension;
use zeroize::Zeroizing;

use crate::ledger::{Entry, key};
use crate::name::Owner;

/// What to create for one resource.
pub struct Blueprint {
    pub owner: Owner,
    pub kind: &'static Kind,
    pub server: &'static Server,
    /// The name of the resource within its kind.
    pub name: String,
    /// The version in the plan; empty if it has none.
    pub version: String,
    /// Whether another version that was found is acceptable too.
    pub accepts: Box<dyn Fn(&str) -> bool + Send + Sync>,
    /// The credential level of the environment.
    pub level: String,
    /// The extensions that the code uses.
    pub extensions: Vec<Extension>,
}

/// A file of a container, with the secrets filled in.
pub(crate) struct Written {
    pub path: &'static str,
    pub text: Zeroizing<String>,
}

impl Blueprint {
    /// The name of the resource for users and in the ledger.
    pub fn key(&self) -> String {
        key(self.kind.name, &self.name)
    }

    /// The name of its container, volume or directory.
    pub fn container_name(&self) -> String {
        self.owner.container(&self.key())
    }

    /// The image reference that an engine pulls.
    pub fn image(&self) -> Option<String> {
        Some(self.image_and_tag()?.0)
    }

    /// The image reference, and the form of its tag.
    pub(crate) fn image_and_tag(&self) -> Option<(String, &'static str)> {
        self.kind.container_image_with(&self.version, self.certain_extensions())
    }

    /// The extensions that belong into this database for certain, by name.
    pub fn extension_names(&self) -> Vec<String> {
        self.certain_extensions().map(str::to_owned).collect()
    }

    fn certain_extensions(&self) -> impl Iterator<Item = &str> {
        self.extensions.iter().filter(|extension| !extension.ambiguous).map(|extension| extension.name.as_str())
    }

    /// The port inside the container.
    pub(crate) fn inner_port(&self) -> u16 {
        self.kind.port.unwrap_or_default()
    }

    /// The environment variables of the container.
    pub(crate) fn environment(&self, entry: &Entry) -> Vec<String> {
        self.server.environment.iter().map(|text| filled(text, entry)).collect()
    }

    /// The command of the container; empty to use the image's own.
    pub(crate) fn command(&self, entry: &Entry) -> Vec<String> {
        self.server.command_of(&self.version).iter().map(|text| filled(text, entry)).collect()
    }

    /// The files of the container.
    pub(crate) fn files(&self, entry: &Entry) -> Vec<Written> {
        let files = self.server.files.iter();
        files.map(|file| Written { path: file.path, text: Zeroizing::new(filled(file.text, entry)) }).collect()
    }
}

fn filled(text: &str, entry: &Entry) -> String {
    fill(text, &|name| entry.placeholder(name, false))
}

/// New credentials for a kind of server. `random` returns a text of letters and digits of the given length.
pub fn credentials<E>(
    server: &Server,
    owner: &Owner,
    mut random: impl FnMut(usize) -> Result<Zeroizing<String>, E>,
) -> Result<BTreeMap<String, Zeroizing<String>>, E> {
    let mut credentials = BTreeMap::new();
    for name in server.credentials {
        let value = match *name {
            "username" | "database" => Zeroizing::new(owner.identifier()),
            "bucket" => Zeroizing::new(owner.host_name()),
            "access_key" => random(20)?,
            "secret_key" => random(40)?,
            _ => random(32)?,
        };
        credentials.insert((*name).to_owned(), value);
    }
    Ok(credentials)
}
