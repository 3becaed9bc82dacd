//! The number by which versions of servers are compared.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

/// The number of a server version: that of `2.x` is 2. `None` for what is no number (`latest`).
pub fn server_number(text: &str) -> Option<Version> {
    Version::from_str(text.trim_end_matches(".x")).ok()
}

/// The versions that a row of the catalog is for; an empty text means all.
pub(super) fn specifiers(text: &str) -> VersionSpecifiers {
    VersionSpecifiers::from_str(text).expect("a test parses every row, and the other rules build their own")
}
