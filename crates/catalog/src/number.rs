//! Server versions as numbers that can be compared.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

/// The number of a server version: 2 for `2.x`. `None` if it is not a number (`latest`).
pub fn server_number(text: &str) -> Option<Version> {
    Version::from_str(text.trim_end_matches(".x")).ok()
}

/// The versions to which a row of the catalog applies; an empty text means all.
pub(super) fn specifiers(text: &str) -> VersionSpecifiers {
    VersionSpecifiers::from_str(text).expect("a test parses every row, and the other rules build their own")
}
