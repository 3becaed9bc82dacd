//! The key ring: one master key, and a random data key for each environment that it wraps. Keys for single purposes are derived from these,
//! so that no key has two.

use zeroize::Zeroizing;

use super::digest::{framed, mac};
use super::guarded::{Guarded, LENGTH};
use super::seal::{Key, open, seal};
use super::{CryptoError, Random, Result};

/// The key that wraps all others of a store.
pub struct MasterKey {
    key: Guarded,
    /// What the states of environments are bound to, once the store is open.
    binding: Option<Binding>,
}

/// Binds the states of environments to the users of a store: an attacker who transplanted other users into it could otherwise present
/// values that nobody wrote.
#[derive(Clone)]
pub struct Binding(pub Key);

impl MasterKey {
    pub fn generate(random: &dyn Random) -> Result<Self> {
        Ok(Self { key: Guarded::filled(|bytes| random.fill(bytes))?, binding: None })
    }

    /// The key of a store with these users.
    #[must_use]
    pub fn bound(self, binding: Binding) -> Self {
        Self { binding: Some(binding), ..self }
    }

    /// Parses 64 hexadecimal digits, with optional whitespace around them.
    pub fn from_hex(text: &str) -> Result<Self> {
        let digits = text.trim().as_bytes();
        if digits.len() != 2 * LENGTH {
            return Err(CryptoError::InvalidMasterKey);
        }
        let read = |bytes: &mut [u8; LENGTH]| {
            for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
                let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
                *byte = match (digit(pair[0]), digit(pair[1])) {
                    (Some(high), Some(low)) => (high << 4) | low,
                    _ => return Err(CryptoError::InvalidMasterKey),
                };
            }
            Ok(())
        };
        Ok(Self { key: Guarded::filled(read)?, binding: None })
    }

    /// Formats it as 64 hexadecimal digits.
    pub fn to_hex(&self) -> Zeroizing<String> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // With sufficient capacity: a growing string leaves copies of its start behind.
        let mut text = Zeroizing::new(String::with_capacity(2 * LENGTH));
        self.key.with(|bytes| {
            let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            text.extend(digits.map(|digit| char::from(DIGITS[usize::from(digit)])));
        });
        text
    }

    /// The key that wraps data keys.
    pub fn wrapping(&self) -> Key {
        derive(&self.key, &[b"wrap"])
    }

    /// The keys for data that is stored next to the store.
    pub fn aside(&self, usage: &[u8]) -> Key {
        derive(&self.key, &[b"aside", usage])
    }

    /// The key for the digest of an idempotent request: a digest without a key would reveal short values.
    pub fn requests(&self) -> Key {
        derive(&self.key, &[b"request"])
    }

    /// The key of the fingerprints of a project.
    pub fn fingerprints(&self, project: &str) -> Key {
        derive(&self.key, &[b"fingerprint", project.as_bytes()])
    }
}

/// The key of an environment.
#[derive(Clone)]
pub struct DataKey {
    key: Guarded,
    /// The key that encrypts values: derived once, because it is used for each of them.
    values: Key,
    binding: Option<Binding>,
}

impl DataKey {
    /// Generates one for a store with this master key.
    pub fn generate(master: &MasterKey, random: &dyn Random) -> Result<Self> {
        Ok(Self::new(Guarded::filled(|bytes| random.fill(bytes))?, master))
    }

    fn new(key: Guarded, master: &MasterKey) -> Self {
        let values = derive(&key, &[b"value"]);
        Self { key, values, binding: master.binding.clone() }
    }

    /// The key in a store with these users.
    #[must_use]
    pub fn bound(self, binding: Binding) -> Self {
        Self { binding: Some(binding), ..self }
    }

    /// Wraps it with the master key, for that environment only.
    pub fn wrap(&self, master: &MasterKey, project: &str, environment: &str, random: &dyn Random) -> Result<Vec<u8>> {
        self.key.with(|bytes| seal(&master.wrapping(), &about(project, environment), bytes, random))
    }

    /// Unwraps it; `None` if it belongs to another environment or master key.
    pub fn unwrap(wrapped: &[u8], master: &MasterKey, project: &str, environment: &str) -> Option<Self> {
        let opened = open(&master.wrapping(), &about(project, environment), wrapped)?;
        let copy = |key: &mut [u8; LENGTH]| <&[u8; LENGTH]>::try_from(opened.as_slice()).map(|bytes| *key = *bytes);
        Guarded::filled(copy).ok().map(|key| Self::new(key, master))
    }

    /// The key that encrypts values.
    pub fn values(&self) -> &Key {
        &self.values
    }

    /// The key that encrypts the manifest of the environment.
    pub fn manifests(&self) -> Key {
        derive(&self.key, &[b"manifest"])
    }

    /// The key that authenticates the state of the environment; without a binding that of stores of earlier versions, which did not seal
    /// users.
    pub fn state(&self) -> Key {
        match &self.binding {
            Some(Binding(people)) => people.with(|people| derive(&self.key, &[b"state", people])),
            None => derive(&self.key, &[b"state"]),
        }
    }
}

/// The associated data of a wrapped data key.
fn about(project: &str, environment: &str) -> Vec<u8> {
    framed(&[b"data key", project.as_bytes(), environment.as_bytes()])
}

/// Derives a key for one purpose: HMAC-SHA-256 of the purpose, as in HKDF-Expand (RFC 5869) for a key that is already uniform.
fn derive(key: &Guarded, usage: &[&[u8]]) -> Key {
    key.with(|key| derived(key, usage))
}

/// The same for a borrowed key.
pub fn derived(key: &[u8], usage: &[&[u8]]) -> Key {
    Key::made(|| mac(key, &[b"takk key 1", &framed(usage)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn a_master_key_is_64_digits() {
        let key = MasterKey::generate(&SystemRandom).expect("random bytes");
        let hex = key.to_hex();
        let same = MasterKey::from_hex(&format!(" {}\n", hex.to_uppercase())).expect("it is one");
        assert_eq!(*same.to_hex(), *hex);
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64), &"é".repeat(32)] {
            assert!(matches!(MasterKey::from_hex(wrong), Err(CryptoError::InvalidMasterKey)), "{wrong}");
        }
    }

    #[test]
    fn a_data_key_opens_where_it_belongs_only() {
        let master = MasterKey::generate(&SystemRandom).expect("random bytes");
        let other = MasterKey::generate(&SystemRandom).expect("random bytes");
        let key = DataKey::generate(&master, &SystemRandom).expect("random bytes");
        let wrapped = key.wrap(&master, "shop", "prod", &SystemRandom).expect("wrapped");
        let opened = DataKey::unwrap(&wrapped, &master, "shop", "prod").expect("it is the one");
        assert!(opened.key.with(|opened| key.key.with(|key| opened == key)));
        assert!(DataKey::unwrap(&wrapped, &other, "shop", "prod").is_none());
        assert!(DataKey::unwrap(&wrapped, &master, "shop", "dev").is_none());
        assert!(DataKey::unwrap(&wrapped, &master, "shopp", "rod").is_none());
        assert!(DataKey::unwrap(&wrapped[1..], &master, "shop", "prod").is_none());
        assert!(DataKey::unwrap(&[], &master, "shop", "prod").is_none());
    }
}
