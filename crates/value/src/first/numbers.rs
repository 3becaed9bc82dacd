//! `int`, `float`, `bool`, `Decimal` and `ByteSize` of pydantic 1: Python's own functions convert.

use std::sync::LazyLock;

use regex::Regex;

use crate::data::Data;
use crate::number::Number;
use crate::numbers::{bounds, check_decimal as check_decimal_value, digit_value, holds, is_python_space, number_of};
use crate::verdict::{Check, Fault, refused, unchecked};
use takk_model::{Constraints, EnumMixin};

/// The maximum length of a text that is parsed as an integer (`max_str_int`).
const MOST_DIGITS: usize = 4300;

/// `bool_validator`
pub(super) fn check_bool(data: &Data, constraints: &Constraints) -> Check {
    const WORDS: [&str; 12] = ["0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"];
    let expected = "true, false, yes, no, on, off, t, f, y, n, 1 or 0";
    let is_known = |text: &str| WORDS.contains(&text.to_lowercase().as_str());
    let found = match data {
        Data::Bool(_) => true,
        _ if constraints.is_strict() => return refused("value_error.strictbool", "a boolean; strict mode converts nothing"),
        Data::Text(text) => is_known(text),
        Data::Bytes(bytes) => std::str::from_utf8(bytes).is_ok_and(is_known),
        Data::Int(int) => matches!(int.as_i64(), Some(0 | 1)),
        Data::Float(float) => *float == 0.0 || (*float - 1.0).abs() == 0.0,
        Data::Member(value, Some(_)) => return check_bool(value, constraints),
        Data::Written(class, _) if class == "Decimal" => return unchecked("a Decimal as a boolean"),
        Data::Unknown(reason) => return unchecked(reason.clone()),
        _ => false,
    };
    if found { Ok(()) } else { refused("value_error.strictbool", expected) }
}

/// `int_validator`, then the constraints.
pub(super) fn check_int(data: &Data, constraints: &Constraints) -> Check {
    if constraints.is_strict() && !matches!(data, Data::Int(_) | Data::Member(_, Some(EnumMixin::Int))) {
        return refused("type_error.integer", "an integer; strict mode does not convert strings");
    }
    let value = int_of(data)?;
    for (name, limit) in bounds(constraints) {
        let Some(limit) = number_of(limit) else { return unchecked(format!("`{name}` is not a number")) };
        holds(name, Some(value.compare(&limit)), &limit)?;
    }
    check_multiple(value.as_f64(), constraints)
}

/// The result of Python's `int` for a value.
pub(super) fn int_of(data: &Data) -> Result<Number, Fault> {
    let found = match data {
        Data::Int(int) => Some(int.clone()),
        Data::Bool(truth) => Some(Number::int(i64::from(*truth))),
        // The fraction is discarded.
        Data::Float(float) if float.is_finite() => Number::literal(&format!("{:.0}", float.trunc())),
        Data::Text(text) => int_of_text(text),
        Data::Bytes(bytes) => std::str::from_utf8(bytes).ok().and_then(int_of_text),
        Data::Member(value, Some(_)) => return int_of(value),
        Data::Written(class, text) if class == "Decimal" => match Number::literal(text).filter(|number| number.exponent >= 0) {
            Some(number) => Some(number),
            None => return unchecked("a Decimal as an integer"),
        },
        Data::Written(class, _) if class == "UUID" => return unchecked("a UUID as an integer"),
        Data::Unknown(reason) => return unchecked(reason.clone()),
        _ => None,
    };
    found.map_or_else(|| refused("type_error.integer", "an integer"), Ok)
}

/// `int(text)`
fn int_of_text(text: &str) -> Option<Number> {
    if text.chars().count() > MOST_DIGITS {
        return None;
    }
    let plain = plain_digits(text)?;
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Number::new(negative, digits, "", 0))
}

/// The text of a number without surrounding white space and without the underscores between its ASCII digits. `None` if an underscore is
/// anywhere else.
fn plain_digits(text: &str) -> Option<String> {
    let digits: String = text
        .trim_matches(is_number_space)
        .chars()
        .map(|character| digit_value(character).map_or(character, |digit| char::from(b'0' + digit)))
        .collect();
    let bytes = digits.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let is_between = |at: usize| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
    let misplaced = (0..bytes.len()).any(|at| bytes[at] == b'_' && !is_between(at));
    (!misplaced).then(|| digits.replace('_', ""))
}

/// White space that may surround a number: not the ASCII separators (`_PyUnicode_TransformDecimalAndSpaceToASCII`).
fn is_number_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r') || (!character.is_ascii() && is_python_space(character))
}

/// `float(text)`
pub(super) fn float_of_text(text: &str) -> Option<f64> {
    plain_digits(text)?.parse().ok()
}

/// `float_validator`, then the constraints.
pub(super) fn check_float(data: &Data, constraints: &Constraints) -> Check {
    let value = match data {
        Data::Float(float) => Some(*float),
        _ if constraints.is_strict() => return refused("type_error.float", "a number; strict mode does not convert strings"),
        Data::Int(int) => match int.as_f64() {
            float if float.is_finite() => Some(float),
            _ => return unchecked("a number too large for a float"),
        },
        Data::Bool(truth) => Some(f64::from(u8::from(*truth))),
        Data::Text(text) => float_of_text(text),
        Data::Bytes(bytes) => std::str::from_utf8(bytes).ok().and_then(float_of_text),
        Data::Member(value, Some(_)) => return check_float(value, constraints),
        Data::Written(class, text) if class == "Decimal" => float_of_text(text),
        Data::Unknown(reason) => return unchecked(reason.clone()),
        _ => None,
    };
    let Some(value) = value else { return refused("type_error.float", "a number") };
    if constraints.allow_inf_nan == Some(false) && !value.is_finite() {
        return refused("value_error.number.not_finite_number", "a finite number");
    }
    for (name, limit) in bounds(constraints) {
        let (Some(float), Some(shown)) = (limit.as_f64(), number_of(limit)) else {
            return unchecked(format!("`{name}` is not a number"));
        };
        holds(name, value.partial_cmp(&float), &shown)?;
    }
    check_multiple(value, constraints)
}

/// `number_multiple_validator`
fn check_multiple(value: f64, constraints: &Constraints) -> Check {
    /// `almost_equal_floats`
    const CLOSE: f64 = 1e-8;
    let Some(of) = &constraints.multiple_of else { return Ok(()) };
    let Some(divisor) = number_of(of).map(|of| of.as_f64()).filter(|of| *of != 0.0) else {
        return unchecked("`multiple_of` is not a number");
    };
    let rest = (value / divisor).rem_euclid(1.0);
    if rest <= CLOSE || rest >= 1.0 - CLOSE {
        Ok(())
    } else {
        refused("value_error.number.not_multiple", format!("a multiple of {of}"))
    }
}

/// `decimal_validator`: parses the text of a value. Only finite numbers are accepted.
pub(super) fn check_decimal(data: &Data, constraints: &Constraints) -> Check {
    let asked = Constraints { multiple_of: None, allow_inf_nan: None, strict: None, ..constraints.clone() };
    let text = match data {
        Data::Text(text) => Data::Text(text.clone()),
        Data::Int(_) | Data::Float(_) => data.clone(),
        Data::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Data::Text(text.to_owned()),
            Err(_) => return refused("value_error.decimal.not_a_decimal", "a decimal number"),
        },
        Data::Written(class, text) if class == "Decimal" => Data::Text(text.clone()),
        Data::Member(..) => return unchecked("a member of an enum as a default"),
        _ => return refused("value_error.decimal.not_a_decimal", "a decimal number"),
    };
    check_decimal_value(&text, &asked)?;
    if constraints.multiple_of.is_none() {
        return Ok(());
    }
    match &text {
        Data::Text(text) => match float_of_text(text) {
            Some(value) => check_multiple(value, constraints),
            None => unchecked("whether it is a multiple of that number"),
        },
        Data::Int(int) => check_multiple(int.as_f64(), constraints),
        Data::Float(float) => check_multiple(*float, constraints),
        _ => Ok(()),
    }
}

static SIZE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*(\d*\.?\d+)\s*(\w+)?").ok());

/// `ByteSize.validate`: an integer, or a number with a unit; anything after that is ignored.
pub(super) fn check_byte_size(data: &Data) -> Check {
    const UNITS: [&str; 19] =
        ["b", "kb", "mb", "gb", "tb", "pb", "eb", "kib", "mib", "gib", "tib", "pib", "eib", "k", "m", "g", "t", "p", "e"];
    let text = match data {
        Data::Int(_) | Data::Bool(_) => return Ok(()),
        Data::Float(float) if float.is_finite() => return Ok(()),
        Data::Text(text) => text,
        Data::Float(_) | Data::Bytes(_) | Data::Member(..) | Data::Written(..) | Data::BrokenText => {
            return unchecked("a size that is not a plain string");
        }
        _ => return refused("type_error", "a number of bytes"),
    };
    if int_of_text(text).is_some() {
        return Ok(());
    }
    let Some(found) = SIZE.as_ref().and_then(|size| size.captures(text)) else {
        return refused("value_error.invalidbytesize", "a number of bytes");
    };
    match found.get(2).map(|unit| unit.as_str().to_lowercase()) {
        None => Ok(()),
        Some(unit) if UNITS.contains(&unit.as_str()) => Ok(()),
        Some(_) => refused("value_error.invalidbytesizeunit", "a number of bytes with a unit such as KB or MiB"),
    }
}
