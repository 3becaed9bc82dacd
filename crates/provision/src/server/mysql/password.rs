//! What MariaDB checks a password with: the server gets this in place of the password, so that no log of it ever has the password.
//!
//! `mysql_native_password` is the one way of authentication that every client of MariaDB knows. Its hash has no salt, which is no weakness
//! here: the passwords that takk generates are random texts of 32 letters and digits, which nobody finds by trying.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::name::hexadecimal;

/// The hash of a password: `*` and SHA-1 of its SHA-1.
pub(super) fn native_hash(password: &str) -> String {
    let once = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
    let twice = digest(&SHA1_FOR_LEGACY_USE_ONLY, once.as_ref());
    format!("*{}", hexadecimal(twice.as_ref()).to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_server() {
        // SELECT PASSWORD('password'), on MariaDB 10.11.
        assert_eq!(native_hash("password"), "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
    }
}
