//! What is known of a version, as it goes over the wire.

use std::fmt::Write;

use takk_api::Held;
use takk_vault::Entry;

/// An entry of the store, for the wire. Whoever may not read its value is given no fingerprint: with values of their own they would find
/// out by it which one it is.
pub(super) fn held_for(entry: Entry, may_read: bool) -> Held {
    let held = held(entry);
    Held { fingerprint: held.fingerprint.filter(|_| may_read), ..held }
}

/// The same for whoever is given the value.
pub(super) fn held(entry: Entry) -> Held {
    let Entry { name, version, is_set, fingerprint, origin, author, created_at } = entry;
    let fingerprint = fingerprint.map(|bytes| hexadecimal(&bytes));
    Held { name, version, is_set, set_at: created_at, fingerprint, origin, author }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all text");
        text
    })
}
