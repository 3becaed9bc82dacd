//! How a password is hashed with the server's nonce, for each way of authentication.

use ring::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// An authentication plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plugin {
    /// The default of MariaDB, and of MySQL before version 8.
    Native,
    /// The default of MySQL from version 8 on.
    CachingSha2,
}

impl Plugin {
    pub(super) fn of(name: &str) -> Option<Self> {
        [Self::Native, Self::CachingSha2].into_iter().find(|plugin| plugin.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Native => "mysql_native_password",
            Self::CachingSha2 => "caching_sha2_password",
        }
    }

    /// Proves knowledge of the password without revealing it.
    pub(super) fn scrambled(self, password: &[u8], nonce: &[u8]) -> Vec<u8> {
        // XOR of the password's hash with a hash of the nonce and the hash that the server stores. The plugins differ in the order of the
        // inputs.
        let algorithm = match self {
            Self::Native => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::CachingSha2 => &SHA256,
        };
        let once = hash(algorithm, password);
        let twice = hash(algorithm, &once);
        let mask = match self {
            Self::Native => hash(algorithm, &[nonce, &twice].concat()),
            Self::CachingSha2 => hash(algorithm, &[&twice, nonce].concat()),
        };
        once.iter().zip(&mask).map(|(one, other)| one ^ other).collect()
    }
}

fn hash(algorithm: &'static Algorithm, bytes: &[u8]) -> Vec<u8> {
    let mut context = Context::new(algorithm);
    context.update(bytes);
    context.finish().as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_are_those_of_another_client() {
        // PyMySQL 1.1: `scramble_native_password` and `scramble_caching_sha2`.
        let scrambled = |plugin: Plugin| plugin.scrambled(b"s3cret", b"12345678901234567890");
        let native = *b"\x39\xda\x01\x07\xb1\x93\x1d\x45\xc7\x63\xae\x12\x26\x63\x43\xa3\xc0\xfc\x02\x49";
        assert_eq!(scrambled(Plugin::Native), native);
        let caching = [
            *b"\x7e\xa6\xf0\x49\xe3\x15\x07\x6f\x8d\xbd\x33\x51\x10\x94\x51\x50",
            *b"\x61\xc7\x47\x28\x6e\x87\x70\xe9\xcb\x63\x10\x10\x02\x41\xcb\xd0",
        ];
        assert_eq!(scrambled(Plugin::CachingSha2), caching.as_flattened());
    }

    #[test]
    fn the_server_can_check_what_is_sent() {
        // As the server does it, which only stores hash(hash(password)).
        let (password, nonce) = (b"s3cret", b"12345678901234567890");
        for (plugin, algorithm) in [(Plugin::Native, &SHA1_FOR_LEGACY_USE_ONLY), (Plugin::CachingSha2, &SHA256)] {
            let stored = hash(algorithm, &hash(algorithm, password));
            let mask = match plugin {
                Plugin::Native => hash(algorithm, &[&nonce[..], &stored].concat()),
                Plugin::CachingSha2 => hash(algorithm, &[&stored[..], nonce].concat()),
            };
            let once: Vec<u8> = plugin.scrambled(password, nonce).iter().zip(&mask).map(|(one, other)| one ^ other).collect();
            assert_eq!(hash(algorithm, &once), stored);
            assert_ne!(plugin.scrambled(b"s3creT", nonce), plugin.scrambled(password, nonce));
        }
    }
}
