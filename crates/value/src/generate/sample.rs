//! Uniform choices from random bytes, with a count of their entropy.

use zeroize::Zeroizing;

/// Letters and digits that are not easily confused, and have no special meaning in a URL or a shell.
pub(super) const READABLE: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/// The alphabet of base64url (RFC 4648, section 5), in the order of its digits.
pub(super) const BASE64_URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The alphabet of base64 (RFC 4648, section 4), in the order of its digits.
pub(super) const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The digits of lower-case hexadecimal.
pub(super) const HEX: &str = "0123456789abcdef";

/// The maximum number of repeated draws. A working source needs more with a probability of 2^-64; a broken one must not cause an endless
/// loop.
const MOST_DRAWS: usize = 64;

/// A source of random bytes.
pub(super) struct Sampler<'r> {
    random: &'r mut dyn FnMut(&mut [u8]),
    /// The entropy of everything that was drawn, in bits.
    pub bits: f64,
}

impl<'r> Sampler<'r> {
    pub(super) fn new(random: &'r mut dyn FnMut(&mut [u8])) -> Self {
        Self { random, bits: 0.0 }
    }

    /// A uniformly distributed number below `count`: numbers beyond the last multiple of `count` are drawn again, because the remainder
    /// alone would favour small ones.
    pub(super) fn below(&mut self, count: u32) -> u32 {
        let count = count.max(1);
        self.bits += f64::from(count).log2();
        let beyond = u64::from(u32::MAX) + 1;
        let fair = beyond - beyond % u64::from(count);
        let mut number = 0;
        for _ in 0..MOST_DRAWS {
            let mut bytes = Zeroizing::new([0; 4]);
            (self.random)(&mut *bytes);
            number = u32::from_le_bytes(*bytes);
            if u64::from(number) < fair {
                break;
            }
        }
        number % count
    }

    /// A text of that length from an ASCII alphabet.
    pub(super) fn text(&mut self, alphabet: &str, length: usize) -> Zeroizing<String> {
        let letters = alphabet.as_bytes();
        let count = u32::try_from(letters.len()).expect("alphabets are short");
        let mut text = Zeroizing::new(String::with_capacity(length));
        for _ in 0..length {
            let at = self.below(count) as usize;
            text.push(char::from(letters[at]));
        }
        text
    }

    /// 32 random bytes as base64 in that alphabet, optionally with the trailing `=`.
    pub(super) fn key(&mut self, alphabet: &str, padded: bool) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; 32]);
        (self.random)(&mut *bytes);
        self.bits += 256.0;
        let digits = alphabet.as_bytes();
        let mut text = Zeroizing::new(String::with_capacity(44));
        for three in bytes.chunks(3) {
            let group = three.iter().chain([0; 2].iter()).take(3).fold(0_usize, |group, byte| group << 8 | usize::from(*byte));
            let shifts = [18, 12, 6, 0];
            for shift in &shifts[..=three.len()] {
                text.push(char::from(digits[group >> shift & 63]));
            }
        }
        text.push_str(if padded { "=" } else { "" });
        text
    }

    /// A UUID of version 4 (RFC 9562).
    pub(super) fn uuid(&mut self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; 16]);
        (self.random)(&mut *bytes);
        self.bits += 122.0;
        Zeroizing::new(uuid::Builder::from_random_bytes(*bytes).into_uuid().hyphenated().to_string())
    }
}
