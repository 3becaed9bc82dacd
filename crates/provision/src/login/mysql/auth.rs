//! How a password is hashed with the server's nonce, for each way of authentication.

use ring::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// A way of authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plugin {
    /// MariaDB's, and MySQL's before version 8.
    Native,
    /// MySQL's from version 8 on.
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

    /// What proves the password without telling it.
    pub(super) fn scrambled(self, password: &[u8], nonce: &[u8]) -> Vec<u8> {
        // XOR of the password's hash, and a hash of the nonce and of the hash that the server has. The ways differ in the order of these.
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
        let hex = |plugin: Plugin| {
            let bytes = plugin.scrambled(b"s3cret", b"12345678901234567890");
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        assert_eq!(hex(Plugin::Native), "39da0107b1931d45c763ae12266343a3c0fc0249");
        assert_eq!(hex(Plugin::CachingSha2), "7ea6f049e315076f8dbd33511094515061c747286e8770e9cb6310100241cbd0");
    }

    #[test]
    fn the_server_can_check_what_is_sent() {
        // As a server does it: it has hash(hash(password)) alone.
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
