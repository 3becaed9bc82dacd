//! Generates a value for a setting: a password, a key, a token, a UUID. Values that must come from outside are never generated.
//!
//! [`check_setting`](super::check_setting) validates each generated value, so that takk never proposes one that pydantic would reject.

mod pattern;
mod role;
mod sample;
mod shape;
#[cfg(test)]
mod tests;
mod vendors;

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use zeroize::Zeroizing;

use self::role::{Form, Role, role, url_from_outside, uuid_from_outside};
use self::sample::{BASE64, BASE64_URL, HEX, READABLE, Sampler};
use self::shape::{Shape, shape};
use super::{Verdict, check_setting};
use takk_model::Setting;

/// The length of a password, in characters: 186 bits with its alphabet.
const PASSWORD: usize = 32;

/// The minimum entropy of a value, in bits: a value with less could be guessed, so the constraints should be relaxed instead.
const LEAST_BITS: f64 = 40.0;

/// The maximum length of a generated value, in characters.
const LONGEST: usize = 4096;

/// How many values to try against a pattern from which they were not generated.
const TRIES: usize = 8;

/// What a value is generated for.
#[derive(Clone, Copy)]
pub struct Wanted<'s> {
    /// The setting, with its type and name.
    pub setting: &'s Setting,
}

impl<'s> From<&'s Setting> for Wanted<'s> {
    fn from(setting: &'s Setting) -> Self {
        Self { setting }
    }
}

/// Why no value can be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotGenerable {
    /// The reason, as a phrase for the user: `OpenAI issues it`.
    pub reason: Cow<'static, str>,
}

impl Display for NotGenerable {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl std::error::Error for NotGenerable {}

impl From<Cow<'static, str>> for NotGenerable {
    fn from(reason: Cow<'static, str>) -> Self {
        Self { reason }
    }
}

impl From<&'static str> for NotGenerable {
    fn from(reason: &'static str) -> Self {
        Self { reason: reason.into() }
    }
}

/// Generates a value, if the type and the name allow it. `random` fills a buffer with random bytes; the same bytes give the same value.
pub fn generate(what: &Wanted<'_>, random: &mut dyn FnMut(&mut [u8])) -> Result<Zeroizing<String>, NotGenerable> {
    let setting = what.setting;
    if let Some(reason) = url_from_outside(setting) {
        return Err(reason.into());
    }
    let shape = shape(&setting.accepts)?;
    let Shape::Text { length, pattern } = shape else {
        if let Some(reason) = uuid_from_outside(setting) {
            return Err(reason.into());
        }
        let value = Sampler::new(random).uuid();
        return verified(setting, value);
    };
    let role = role(setting)?;
    if length.0 > length.1 {
        return Err("its minimum length is greater than its maximum length".into());
    }
    if length.0 > LONGEST {
        return Err("it must be longer than takk can generate".into());
    }
    match pattern {
        None => {
            let mut sampler = Sampler::new(random);
            let value = drawn(role, length, &mut sampler);
            if sampler.bits < LEAST_BITS {
                return Err(TOO_SHORT.into());
            }
            verified(setting, value)
        }
        Some(pattern) => matching(setting, role, length, &pattern, random),
    }
}

/// Whether a value can be generated for the setting.
pub fn is_generable(setting: &Setting) -> bool {
    // A fixed sequence (SplitMix64): the value is discarded, and the result is always the same.
    let mut state = 0_u64;
    let mut random = |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            let mixed = (mixed ^ mixed >> 31).to_le_bytes();
            chunk.copy_from_slice(&mixed[..chunk.len()]);
        }
    };
    generate(&Wanted { setting }, &mut random).is_ok()
}

const TOO_SHORT: &str = "its constraints allow so few values that it could be guessed";

/// A value for that role, with a length within the bounds.
fn drawn(role: Role, (least, most): (usize, usize), sampler: &mut Sampler<'_>) -> Zeroizing<String> {
    let fits = |length: usize| (least..=most).contains(&length);
    match role {
        Role::Fernet => sampler.key(BASE64_URL, true),
        Role::Key(Form::Url) if fits(43) => sampler.key(BASE64_URL, false),
        Role::Key(Form::Base64) if fits(44) => sampler.key(BASE64, true),
        Role::Key(Form::Url | Form::Base64) => sampler.text(BASE64_URL, 43_usize.clamp(least, most)),
        Role::Key(Form::Hex) => {
            let length = 64_usize.clamp(least, most);
            // An even number of digits, if the bounds allow it.
            let even = if length % 2 == 1 && fits(length + 1) {
                length + 1
            } else {
                length - usize::from(length % 2 == 1 && fits(length - 1))
            };
            sampler.text(HEX, even)
        }
        Role::Password => sampler.text(READABLE, PASSWORD.clamp(least, most)),
    }
}

/// A value that matches the pattern: an ordinary one if possible, or else one generated from the pattern, or else the latter combined with
/// an ordinary one, for a pattern that only requires a prefix or suffix.
fn matching(
    setting: &Setting,
    role: Role,
    length: (usize, usize),
    pattern: &str,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Zeroizing<String>, NotGenerable> {
    if super::text::compiled(pattern).is_err() {
        return Err("only Python's regex engine can evaluate its pattern".into());
    }
    let mut too_short = false;
    let mut accepted = |value: &str, bits: f64| {
        let accepted = value.len() <= LONGEST && !matches!(check_setting(setting, value), Verdict::Refused(_));
        too_short |= accepted && bits < LEAST_BITS;
        accepted && bits >= LEAST_BITS
    };
    for _ in 0..TRIES {
        let mut sampler = Sampler::new(random);
        let value = drawn(role, length, &mut sampler);
        if accepted(&value, sampler.bits) {
            return Ok(value);
        }
    }
    // A Fernet key has only one form, whatever the pattern says.
    let repeats = if role == Role::Fernet { Vec::new() } else { repeats(length, pattern) };
    for repeats in repeats {
        let mut sampler = Sampler::new(random);
        let Some(mut value) = pattern::along(pattern, repeats, &mut sampler) else { continue };
        if accepted(&value, sampler.bits) {
            return Ok(value);
        }
        let taken = value.chars().count();
        let left = (length.0.saturating_sub(taken), length.1.saturating_sub(taken));
        let mut before = drawn(role, left, &mut sampler);
        value.push_str(&before);
        if accepted(&value, sampler.bits) {
            return Ok(value);
        }
        let along = value.len() - before.len();
        before.push_str(&value[..along]);
        if accepted(&before, sampler.bits) {
            return Ok(before);
        }
    }
    Err(if too_short {
        TOO_SHORT.into()
    } else {
        "takk found no value that satisfies both its pattern and its length limits".into()
    })
}

/// How often to repeat unbounded repetitions: first as often as a key or password needs, then so that the length is within its bounds.
fn repeats(length: (usize, usize), pattern: &str) -> Vec<u32> {
    // The length of the rest of the pattern, in most of which only one repetition is unbounded.
    let many = 64_u32;
    let fixed = pattern::along(pattern, many, &mut Sampler::new(&mut |bytes| bytes.fill(0)))
        .map_or(0, |text| text.chars().count().saturating_sub(many as usize));
    let fitting = |bound: usize| bound.saturating_sub(fixed);
    let to_fit = [43_usize.clamp(length.0, length.1), length.0, length.1].map(fitting).into_iter();
    let to_fit = to_fit.filter_map(|count| u32::try_from(count).ok());
    [43, 32, many].into_iter().chain(to_fit).chain([16, 8, 24, 128, 4, 2, 1]).collect()
}

/// The value, unless it is known that pydantic rejects it.
fn verified(setting: &Setting, value: Zeroizing<String>) -> Result<Zeroizing<String>, NotGenerable> {
    match check_setting(setting, &value) {
        Verdict::Accepted | Verdict::Unchecked(_) => Ok(value),
        Verdict::Refused(refusal) => Err(format!("pydantic would refuse the generated value: {}", refusal.sentence()))
            .map_err(|reason| NotGenerable { reason: reason.into() }),
    }
}
