//! `str`, `bytes`, secrets, `UUID`, `Path` of pydantic 1.

use std::borrow::Cow;

use crate::data::Data;
use crate::number::Number;
use crate::text::{check_length, check_with_python, matches_uuid_version};
use crate::verdict::{Check, Fault, refused, unchecked};
use takk_model::{Constraints, EnumMixin, ValueType};

const LENGTHS: [&str; 2] = ["value_error.any_str.min_length", "value_error.any_str.max_length"];

/// The text to which `str_validator` converts a value; `None` if that is not known here.
fn text_of(data: &Data, strict: bool) -> Result<Option<Cow<'_, str>>, Fault> {
    Ok(match data {
        Data::Text(text) => Some(Cow::Borrowed(text.as_str())),
        Data::BrokenText => None,
        _ if strict => return refused("type_error.str", "a string"),
        Data::Int(int) => Some(Cow::Owned(written(int))),
        Data::Bool(true) => Some(Cow::Borrowed("True")),
        Data::Bool(false) => Some(Cow::Borrowed("False")),
        Data::Float(_) => None,
        Data::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Some(Cow::Borrowed(text)),
            Err(_) => return refused("value_error.unicode", "a string"),
        },
        Data::Written(class, _) if class == "Decimal" => None,
        Data::Written(class, _) if !matches!(class.as_str(), "Path" | "UUID") => return unchecked("a URL as a default"),
        Data::Member(value, Some(EnumMixin::Str)) => return text_of(value, false),
        Data::Member(_, Some(_)) => None,
        Data::Unknown(reason) => return unchecked(reason.clone()),
        _ => return refused("type_error.str", "a string"),
    })
}

/// An integer as Python prints it.
fn written(int: &Number) -> String {
    let digits: String = int.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let zeros = "0".repeat(usize::try_from(int.exponent).unwrap_or_default());
    match (int.is_zero(), int.negative) {
        (true, _) => "0".to_owned(),
        (false, true) => format!("-{digits}{zeros}"),
        (false, false) => format!("{digits}{zeros}"),
    }
}

/// `str`: strips white space, then checks the length, then the pattern, matching from the beginning.
pub(super) fn check_str(data: &Data, constraints: &Constraints) -> Check {
    let text = text_of(data, constraints.is_strict())?;
    if !constraints.bounds_length() && constraints.pattern.is_none() {
        return Ok(());
    }
    let Some(text) = text else { return unchecked("how the value is converted to a string") };
    let text = if constraints.strip_whitespace == Some(true) { stripped(&text) } else { &text };
    check_length(text.chars().count(), constraints, LENGTHS, "characters")?;
    match &constraints.pattern {
        Some(pattern) => check_with_python(pattern, text),
        None => Ok(()),
    }
}

fn stripped(text: &str) -> &str {
    text.trim_matches(crate::numbers::is_python_space)
}

/// `bytes`
pub(super) fn check_bytes(data: &Data, constraints: &Constraints) -> Check {
    let length = match data {
        Data::Bytes(bytes) => Some(bytes.len()),
        _ if constraints.is_strict() => return refused("type_error.bytes", "bytes; strict mode accepts no string"),
        Data::Text(text) if constraints.strip_whitespace == Some(true) => {
            // For bytes, only ASCII white space is stripped.
            text.is_ascii().then(|| stripped(text).len())
        }
        Data::Text(text) => Some(text.len()),
        Data::Int(_) | Data::Float(_) | Data::Bool(_) | Data::Member(_, Some(_)) => None,
        Data::BrokenText => return unchecked("an incomplete Unicode string"),
        Data::Written(..) => return unchecked("an object as a default"),
        Data::Unknown(reason) => return unchecked(reason.clone()),
        _ => return refused("type_error.bytes", "bytes"),
    };
    if constraints.pattern.is_some() {
        return unchecked("a pattern on bytes");
    }
    match length {
        Some(length) => check_length(length, constraints, LENGTHS, "bytes"),
        None if constraints.bounds_length() => unchecked("how the value is converted to bytes"),
        None => Ok(()),
    }
}

/// `SecretStr`, `SecretBytes`: length limits of the configuration apply too; white space stays.
pub(super) fn check_secret(data: &Data, inner: &ValueType, constraints: &Constraints) -> Check {
    let (of, configured) = match inner {
        ValueType::Constrained(configured, of) => (&**of, Some(configured)),
        of => (of, None),
    };
    let own = if *of == ValueType::Str { "SecretStr" } else { "SecretBytes" };
    let lengths = Constraints {
        min_length: constraints.min_length.or(configured.and_then(|of| of.min_length)),
        max_length: constraints.max_length.or(configured.and_then(|of| of.max_length)),
        ..Constraints::default()
    };
    let data = match data {
        Data::Secret(class, held) if class == own => held,
        Data::Secret(..) => return refused("type_error.str", "a string"),
        other => other,
    };
    match of {
        ValueType::Str => check_str(data, &lengths),
        ValueType::Bytes => check_bytes(data, &lengths),
        _ => unchecked("a secret type defined by the program"),
    }
}

/// `UUID`: as Python's own class parses a text.
pub(super) fn check_uuid(data: &Data, version: Option<u8>) -> Check {
    let text = match data {
        Data::Text(text) => text.as_str(),
        Data::Written(class, text) if class == "UUID" => text,
        Data::Bytes(_) | Data::BrokenText | Data::Member(..) => return unchecked("a UUID that is not a plain string"),
        _ => return refused("type_error.uuid", "a UUID"),
    };
    let digits = text.replace("urn:", "").replace("uuid:", "");
    let digits = digits.trim_matches(['{', '}']).replace('-', "");
    if digits.chars().count() != 32 {
        return refused("type_error.uuid", "a UUID");
    }
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        // `int` accepts underscores, signs, white space and digits of other scripts.
        let odd = |character: char| !character.is_ascii() || matches!(character, '_' | '+' | '-') || character.is_whitespace();
        let starts = digits.starts_with("0x") || digits.starts_with("0X");
        return if digits.chars().any(odd) || starts {
            unchecked("an unusual UUID")
        } else {
            refused("type_error.uuid", "a UUID")
        };
    }
    match version {
        Some(version) if !matches_uuid_version(&digits, version) => {
            refused("value_error.uuid.version", format!("a UUID of version {version}"))
        }
        _ => Ok(()),
    }
}

/// `Path`: what Python's own class accepts.
pub(super) fn check_path(data: &Data) -> Check {
    match data {
        Data::Text(_) | Data::BrokenText | Data::Member(_, Some(EnumMixin::Str)) => Ok(()),
        Data::Written(class, _) if class.ends_with("Path") => Ok(()),
        Data::Written(..) => unchecked("an object as a default"),
        _ => refused("type_error.path", "a path"),
    }
}
