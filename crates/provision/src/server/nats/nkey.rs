//! Keys of NATS, which its tools call nkeys: Ed25519, written in base32 with a prefix that says whose they are, and a checksum.

use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

/// The first byte of a seed, before the bits of its role.
const SEED: u8 = 18 << 3;
/// The bytes of a key, without prefix and checksum.
const BYTES: usize = 32;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Whose a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Operator,
    Account,
    User,
}

impl Role {
    fn prefix(self) -> u8 {
        match self {
            Self::Operator => 14 << 3,
            Self::Account => 0,
            Self::User => 20 << 3,
        }
    }
}

/// A private key.
pub(super) struct Key {
    pair: Ed25519KeyPair,
    role: Role,
}

impl Key {
    /// Parses a seed; `None` if it is not one of this role.
    pub(super) fn parse(seed: &str, role: Role) -> Option<Self> {
        let bytes = checked(&decoded(seed)?)?;
        let [first, second, raw @ ..] = bytes.as_slice() else { return None };
        let prefix = role.prefix();
        let is_of_role = *first == SEED | prefix >> 5 && *second == (prefix & 31) << 3 && raw.len() == BYTES;
        let pair = is_of_role.then(|| Ed25519KeyPair::from_seed_unchecked(raw).ok())??;
        Some(Self { pair, role })
    }

    /// The public key, as others name the owner.
    pub(super) fn public(&self) -> String {
        let mut bytes = vec![self.role.prefix()];
        bytes.extend_from_slice(self.pair.public_key().as_ref());
        encoded(with_checksum(bytes).as_slice())
    }

    pub(super) fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.pair.sign(text).as_ref().to_vec()
    }
}

/// The seed of a new key, made from a random text.
pub(super) fn seed(role: Role, random: &str) -> Zeroizing<String> {
    let prefix = role.prefix();
    let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES + 4));
    bytes.extend_from_slice(&[SEED | prefix >> 5, (prefix & 31) << 3]);
    bytes.extend_from_slice(digest(&SHA256, random.as_bytes()).as_ref());
    let checksum = checksum(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    Zeroizing::new(encoded(&bytes))
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = checksum(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// What comes before a checksum that fits.
fn checked(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (bytes, end) = bytes.split_last_chunk::<2>()?;
    (checksum(bytes) == u16::from_le_bytes(*end)).then(|| Zeroizing::new(bytes.to_vec()))
}

/// CRC-16 of XMODEM.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |checksum, byte| {
        (0..8).fold(checksum ^ u16::from(*byte) << 8, |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 })
    })
}

/// Base32 without padding.
pub(super) fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut waiting, mut bits) = (0_u32, 0);
    for byte in bytes {
        waiting = waiting << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(digit(waiting >> bits));
        }
        waiting &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(digit(waiting << (5 - bits)));
    }
    text
}

fn digit(value: u32) -> char {
    char::from(ALPHABET[usize::try_from(value & 31).expect("five bits")])
}

fn decoded(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8));
    let (mut waiting, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        waiting = waiting << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(waiting >> bits).ok()?);
            waiting &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by the package `nkeys` of Python: seed and public key.
    const USER: (&str, &str) = (
        "SUALTAUE7NDLVMHZWWZ7FQ6QPLJA6V47WZ3XIGCWU4ZETA52EC2XN6DF2M",
        "UC4PPL5KB6MGOUSCHG344PRFEOVXV5PVYIA5L6WLLNHOBT7RVBAR7SDX",
    );

    #[test]
    fn a_seed_of_nkeys_gives_its_public_key() {
        let key = Key::parse(USER.0, Role::User).expect("it is one");
        assert_eq!(key.public(), USER.1);
        assert!(Key::parse(USER.0, Role::Account).is_none() && Key::parse(USER.0, Role::Operator).is_none());
    }

    #[test]
    fn what_is_no_seed_is_refused() {
        for wrong in ["", "S", "SU", USER.1, "suALTAUE", &USER.0.replace("2M", "2A"), &USER.0[..57], "SUÄ", &"A".repeat(900)] {
            assert!(Key::parse(wrong, Role::User).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_new_seed_is_of_its_role() {
        for (role, begin, public) in [(Role::Operator, "SO", "O"), (Role::Account, "SA", "A"), (Role::User, "SU", "U")] {
            let text = seed(role, "a random text");
            assert!(text.starts_with(begin) && text.len() == 58, "{}", *text);
            let key = Key::parse(&text, role).expect("it is one");
            assert!(key.public().starts_with(public) && key.public().len() == 56);
            assert_ne!(*text, *seed(role, "another"));
        }
    }
}
