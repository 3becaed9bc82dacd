//! What is known of a version, as it goes over the wire.

use crate::secrets::Entry;
use crate::wire::Held;

/// An entry of the store, for the wire.
pub(super) fn held(entry: Entry) -> Held {
    let Entry { name, version, is_set, fingerprint, origin, author, created_at } = entry;
    let fingerprint = fingerprint.map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    Held { name, version, is_set, set_at: created_at, fingerprint, origin, author }
}
