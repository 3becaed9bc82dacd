//! Bodies of the API ↔ types of the verbs.

use super::failure;
use super::failure::Failure;
use takk_api::{Change, EnvironmentInfo, Held, HeldValue, Plain, ValueList};
use takk_model::Held as ModelHeld;
use takk_project::platform::Address;
use takk_project::platform::{Snapshot, StoredEnvironment};
use takk_vault::{Entry, SecretValue, Update};

/// The metadata of a version.
pub(super) fn entry(address: &Address, held: Held) -> Result<Entry, Failure> {
    let Held { name, version, is_set, set_at, fingerprint, origin, author } = held;
    let fingerprint = fingerprint.map(|hex| bytes(&hex).ok_or_else(|| failure::foreign(address))).transpose()?;
    Ok(Entry { name, version, is_set, fingerprint, origin, author, created_at: set_at })
}

pub(super) fn snapshot(address: &Address, list: ValueList) -> Result<Snapshot, Failure> {
    let mut snapshot = Snapshot { revision: Some(list.revision), ..Snapshot::default() };
    for HeldValue { held, value } in list.values {
        snapshot.values.push((held.name.clone(), SecretValue::from(value.expose())));
        let Entry { name, version, fingerprint, origin, author, created_at, .. } = entry(address, held)?;
        let fingerprint = fingerprint.unwrap_or_default();
        snapshot.held.push(ModelHeld { name, version, set_at: created_at, fingerprint, origin, author });
    }
    // The database may sort differently from the byte order by which a plan looks up names.
    snapshot.held.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(snapshot)
}

pub(super) fn environment(info: EnvironmentInfo) -> StoredEnvironment {
    StoredEnvironment { name: info.name, values: info.values, expires_at: info.expires_at }
}

pub(super) fn changes(updates: &[Update]) -> Vec<Change> {
    let change = |update: &Update| Change {
        name: update.name.clone(),
        value: update.value.as_ref().map(|value| Plain::new(value.expose().to_owned())),
        expected_version: update.expected,
        origin: Some(update.origin),
    };
    updates.iter().map(change).collect()
}

/// Decodes hexadecimal digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn two_digits_are_a_byte() {
        assert_eq!(bytes("00ffA5"), Some(vec![0, 255, 165]));
        assert_eq!(bytes(""), Some(Vec::new()));
        for wrong in ["0", "0g", "é0"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
