//! `str`, `bytes`, secrets, `UUID`, `Path`, `Pattern`.

use std::cell::RefCell;

use regex::{Regex, RegexBuilder};
use uuid::{Uuid, Variant};

use super::data::Data;
use super::verdict::{Check, Fault, refused, refused_as, unchecked};
use takk_model::{Constraints, ValueType};

/// The value as a text (`validate_str` accepts nothing else).
fn text_of(data: &Data) -> Result<&str, Fault> {
    match data {
        Data::Text(text) => Ok(text),
        Data::BrokenText => refused("string_unicode", "a valid Unicode string"),
        _ => refused("string_type", "a string"),
    }
}

/// `str` (`StrConstrainedValidator`).
pub(super) fn check_str(data: &Data, constraints: &Constraints) -> Check {
    // An unpaired surrogate only matters to checks that examine the text.
    let looks = constraints.bounds_length() || constraints.bounds_text();
    if !looks && matches!(data, Data::BrokenText) {
        return Ok(());
    }
    let number = as_text(data, constraints)?;
    let mut text = match &number {
        Some(number) => number.as_str(),
        None => text_of(data)?,
    };
    if constraints.strip_whitespace == Some(true) {
        text = text.trim();
    }
    check_length(text.chars().count(), constraints, ["string_too_short", "string_too_long"], "characters")?;
    let Some(pattern) = &constraints.pattern else { return Ok(()) };
    if constraints.python_pattern == Some(true) {
        return check_with_python(pattern, text);
    }
    match compiled(pattern) {
        Ok(regex) if regex.is_match(text) => Ok(()),
        Ok(_) => refused_as("string_pattern_mismatch", format!("must match `{pattern}`")),
        Err(_) => unchecked("only Python's regex engine can evaluate its pattern"),
    }
}

/// A number as a string, if enabled (`coerce_numbers_to_str`).
fn as_text(data: &Data, constraints: &Constraints) -> Result<Option<String>, Fault> {
    if constraints.coerce_numbers != Some(true) || constraints.is_strict() {
        return Ok(None);
    }
    match data {
        Data::Int(_) | Data::Float(_) if constraints.pattern.is_some() || constraints.bounds_length() => {
            unchecked("how the number is converted to a string")
        }
        Data::Int(_) | Data::Float(_) => Ok(Some(String::new())),
        _ => Ok(None),
    }
}

/// Python's own engine matches from the beginning (`re.match`). The result is certain if pydantic's engine must agree.
pub(super) fn check_with_python(pattern: &str, text: &str) -> Check {
    let simple = |character: char| !matches!(character, '\\' | '$' | '(') && character.is_ascii();
    let dollar = pattern.strip_suffix('$').unwrap_or(pattern);
    if !dollar.chars().all(simple) || !text.is_ascii() || text.contains('\n') {
        return unchecked("only Python's regex engine can evaluate its pattern");
    }
    match compiled(&format!("^(?:{pattern})")) {
        Ok(regex) if regex.is_match(text) => Ok(()),
        Ok(_) => refused_as("string_pattern_mismatch", format!("must match `{pattern}`")),
        Err(_) => unchecked("only Python's regex engine can evaluate its pattern"),
    }
}

/// The maximum memory of a compiled pattern, in bytes: a short pattern can require any amount.
const LARGEST_PATTERN: usize = 3 << 20;

/// A compiled pattern. The last one is cached, because generating a value checks it many times.
pub(super) fn compiled(pattern: &str) -> Result<Regex, regex::Error> {
    thread_local! {
        static LAST: RefCell<Option<(String, Regex)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| {
        if let Some((known, regex)) = last
            && known == pattern
        {
            return Ok(regex.clone());
        }
        let regex = RegexBuilder::new(pattern).size_limit(LARGEST_PATTERN).build()?;
        *last = Some((pattern.to_owned(), regex.clone()));
        Ok(regex)
    })
}

/// Whether a length is within the bounds; `errors` are those for too short and too long.
pub(super) fn check_length(length: usize, constraints: &Constraints, errors: [&'static str; 2], unit: &str) -> Check {
    let length = length as u64;
    match (constraints.min_length, constraints.max_length) {
        (Some(least), _) if length < least => refused_as(errors[0], format!("must have at least {least} {unit}")),
        (_, Some(most)) if length > most => refused_as(errors[1], format!("must have at most {most} {unit}")),
        _ => Ok(()),
    }
}

/// `bytes` (`validate_bytes`: a text is encoded as UTF-8).
pub(super) fn check_bytes(data: &Data, constraints: &Constraints) -> Check {
    match data {
        Data::Text(_) if constraints.is_strict() => refused("bytes_type", "bytes; strict mode accepts no string"),
        Data::Text(text) => check_length(text.len(), constraints, ["bytes_too_short", "bytes_too_long"], "bytes"),
        Data::BrokenText => unchecked("an incomplete Unicode string"),
        _ => refused("bytes_type", "bytes"),
    }
}

/// `SecretStr`, `SecretBytes`, `Secret[T]`: validates the value inside, then its length.
pub(super) fn check_secret(data: &Data, inner: &ValueType, constraints: &Constraints) -> Check {
    super::check_data(inner, data)?;
    if constraints.is_strict() {
        return unchecked("a strict secret");
    }
    if !constraints.bounds_length() {
        return Ok(());
    }
    let (inner, stripped) = match inner {
        ValueType::Constrained(of, inner) => (&**inner, of.strip_whitespace == Some(true)),
        other => (other, false),
    };
    match (inner, data) {
        (ValueType::Str, Data::Text(text)) => {
            let text = if stripped { text.trim() } else { text };
            check_length(text.chars().count(), constraints, ["too_short", "too_long"], "characters")
        }
        (ValueType::Bytes, Data::Text(text)) => check_length(text.len(), constraints, ["too_short", "too_long"], "bytes"),
        _ => unchecked("the length of a secret that is not a string"),
    }
}

/// `UUID` (`UuidValidator`, which uses the same crate).
pub(super) fn check_uuid(data: &Data, version: Option<u8>, constraints: &Constraints) -> Check {
    let text = match data {
        _ if constraints.is_strict() => return unchecked("a strict UUID"),
        Data::Text(text) => text,
        Data::BrokenText => return refused("uuid_type", "a UUID"),
        _ => return refused("uuid_type", "a UUID in a string"),
    };
    let Ok(uuid) = Uuid::parse_str(text) else { return refused("uuid_parsing", "a UUID") };
    match version {
        Some(version) if !is_of_version(&uuid, version) => refused("uuid_version", format!("a UUID of version {version}")),
        _ => Ok(()),
    }
}

/// Whether the text of a valid UUID has that version.
pub(super) fn matches_uuid_version(text: &str, version: u8) -> bool {
    Uuid::parse_str(text).is_ok_and(|uuid| is_of_version(&uuid, version))
}

fn is_of_version(uuid: &Uuid, version: u8) -> bool {
    uuid.get_version_num() == usize::from(version) && uuid.get_variant() == Variant::RFC4122
}

/// `Path`: any text is accepted.
pub(super) fn check_path(data: &Data, constraints: &Constraints) -> Check {
    match data {
        Data::Text(_) if constraints.is_strict() => unchecked("a strict path"),
        Data::Text(_) if constraints.bounds_length() => check_str(data, constraints),
        Data::Text(_) => Ok(()),
        Data::BrokenText => unchecked("a path that is not valid Unicode"),
        _ => refused("path_type", "a path"),
    }
}

/// `re.Pattern`: a text without special characters is a valid pattern for every engine.
pub(super) fn check_pattern(data: &Data) -> Check {
    match data {
        Data::Text(text) if regex::escape(text) == *text => Ok(()),
        Data::Text(_) | Data::BrokenText => unchecked("only Python's regex engine can parse it"),
        _ => refused("pattern_type", "a pattern"),
    }
}
