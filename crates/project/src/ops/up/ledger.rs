//! The ledger of an environment, with its entries as structures.

use std::collections::HashMap;

use takk_model::error::{Error, Result};
use takk_provision::Entry;
use takk_vault::{LedgerChange, SecretValue, Update};

use crate::platform::Platform;

/// An entry and its version in the store.
#[derive(Clone)]
pub struct Kept {
    pub entry: Entry,
    pub version: i64,
}

/// Everything that takk created for an environment, by resource.
pub fn ledger(platform: &mut dyn Platform, environment: &str) -> Result<Vec<(String, Kept)>> {
    let rows = platform.ledger(environment)?;
    let kept = rows.into_iter().map(|row| match serde_json::from_str(row.text.expose()) {
        Ok(entry) => Ok((row.resource, Kept { entry, version: row.version })),
        Err(_) => {
            Err(Error::system(format!("a later version of takk wrote the ledger entry of {} in `{environment}`", row.resource))
                .hint("install the version of takk that wrote it, or a later one"))
        }
    });
    kept.collect()
}

/// The same for a linked checkout, whose server keeps the ledger and returns it without credentials.
pub(in crate::ops) fn known(platform: &mut dyn Platform, environment: &str) -> Result<Vec<(String, Kept)>> {
    match platform.provisioning() {
        None => ledger(platform, environment),
        Some(server) => {
            let seen = server.resources(environment, false)?;
            Ok(seen.into_iter().map(|seen| (seen.key, Kept { entry: seen.entry, version: 0 })).collect())
        }
    }
}

/// The entries alone.
pub(in crate::ops) fn entries(kept: &[(String, Kept)]) -> HashMap<String, Entry> {
    kept.iter().map(|(key, kept)| (key.clone(), kept.entry.clone())).collect()
}

/// Writes an entry, with values that change at the same time. Returns its new version and theirs.
pub(in crate::ops) fn write(
    platform: &mut dyn Platform,
    environment: &str,
    kept: &Kept,
    values: Vec<Update>,
    action: Option<&str>,
) -> Result<(i64, Vec<i64>)> {
    let text = serde_json::to_string(&kept.entry).map_err(|error| Error::internal("cannot write an entry").caused_by(error))?;
    let resource = kept.entry.key();
    let change =
        LedgerChange { resource: &resource, expected: kept.version, text: Some(SecretValue::new(text)), values, action };
    platform.change_ledger(environment, &change)
}

/// Removes an entry together with the values that it published.
pub(super) fn remove(platform: &mut dyn Platform, environment: &str, kept: &Kept, values: Vec<Update>) -> Result<()> {
    let resource = kept.entry.key();
    let action = Some("resource.remove");
    let change = LedgerChange { resource: &resource, expected: kept.version, text: None, values, action };
    platform.change_ledger(environment, &change).map(|_| ())
}
