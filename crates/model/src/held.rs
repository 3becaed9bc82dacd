//! What an environment holds, as far as it is known without decrypting values.

use std::collections::BTreeMap;

use super::EnvironmentName;

/// The metadata of the current version of a stored value, without the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The variable.
    pub name: String,
    /// The version, counted from 1.
    pub version: i64,
    /// When it was stored, in milliseconds since 1970.
    pub set_at: i64,
    /// Equal values of a project have equal fingerprints. Empty, and not to be compared, if the caller may not read the value.
    pub fingerprint: Vec<u8>,
    /// Where it came from: `set`, `generated`, `imported`, `promoted`, `rolled-back`.
    pub origin: String,
    /// Who stored it.
    pub author: String,
}

/// What each environment holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings(BTreeMap<EnvironmentName, Vec<Held>>);

impl Holdings {
    /// Adds what an environment holds.
    pub fn add(&mut self, environment: EnvironmentName, mut held: Vec<Held>) {
        held.sort_by(|a, b| a.name.cmp(&b.name));
        self.0.insert(environment, held);
    }

    /// What an environment holds, sorted by name; empty if the environment is unknown.
    pub fn of(&self, environment: &EnvironmentName) -> &[Held] {
        self.0.get(environment).map_or(&[], Vec::as_slice)
    }
}
