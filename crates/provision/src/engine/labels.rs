//! The labels of everything that takk creates in an engine: its owner, credentials and version.

use std::collections::HashMap;

use super::super::blueprint::Blueprint;
use super::super::ledger::Entry;
use super::super::name::{Owner, fingerprint};

pub(super) const STORE: &str = "takk.store";
pub(super) const PROJECT: &str = "takk.project";
pub(super) const ENVIRONMENT: &str = "takk.environment";
pub(super) const RESOURCE: &str = "takk.resource";
pub(super) const CREDENTIAL: &str = "takk.credential";
pub(super) const VERSION: &str = "takk.version";
pub(super) const CONFIGURATION: &str = "takk.configuration";
pub(super) const ENDS: &str = "takk.ends";

/// The labels of one resource.
pub(super) struct Labels {
    owner: Owner,
    resource: String,
    credential: String,
    version: String,
    ends: Option<i64>,
}

impl Labels {
    pub(super) fn of(blueprint: &Blueprint, entry: &Entry) -> Self {
        Self {
            owner: blueprint.owner.clone(),
            resource: blueprint.key(),
            credential: entry.credential_id.clone(),
            version: blueprint.version.clone(),
            ends: entry.ends_at,
        }
    }

    /// The labels as the engine expects them.
    pub(super) fn map(&self) -> HashMap<String, String> {
        let mut labels: HashMap<String, String> = [
            (STORE, &self.owner.store),
            (PROJECT, &self.owner.project),
            (ENVIRONMENT, &self.owner.environment),
            (RESOURCE, &self.resource),
            (CREDENTIAL, &self.credential),
            (VERSION, &self.version),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
        if let Some(ends) = self.ends {
            labels.insert(ENDS.to_owned(), ends.to_string());
        }
        labels
    }

    /// The labels with a fingerprint of the container's configuration, without its secrets.
    pub(super) fn with_configuration(&self, configuration: &[&str]) -> HashMap<String, String> {
        let mut labels = self.map();
        labels.insert(CONFIGURATION.to_owned(), fingerprint(configuration));
        labels
    }

    /// Why an object with these labels was not created by us; `None` if it was.
    pub(super) fn foreign(&self, found: &HashMap<String, String>) -> Option<&'static str> {
        let is = |name: &str, value: &str| found.get(name).map(String::as_str) == Some(value);
        if !found.contains_key(STORE) {
            return Some("takk did not create it");
        }
        if !is(STORE, &self.owner.store) {
            return Some("it belongs to another takk store");
        }
        let is_same =
            is(PROJECT, &self.owner.project) && is(ENVIRONMENT, &self.owner.environment) && is(RESOURCE, &self.resource);
        (!is_same).then_some("it belongs to another resource")
    }

    /// Whether it was created with the credentials in the ledger.
    pub(super) fn has_credential(&self, found: &HashMap<String, String>) -> bool {
        found.get(CREDENTIAL) == Some(&self.credential)
    }
}
