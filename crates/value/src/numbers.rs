//! `int`, `float`, `bool`, `Decimal` and `ByteSize` (`pydantic-core/src/input/shared.rs`, `validators/{int,float,decimal}.rs`).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::data::Data;
use super::number::Number;
use super::verdict::{Check, Fault, refused, refused_as, unchecked};
use takk_model::Constraints;

/// The maximum number of digits of an integer (`sys.int_info.default_max_str_digits`).
const MOST_DIGITS: usize = 4300;

/// `bool` (`validate_bool`).
pub(super) fn check_bool(data: &Data, constraints: &Constraints) -> Check {
    const WORDS: [&str; 10] = ["f", "n", "no", "off", "false", "t", "y", "on", "yes", "true"];
    let expected = "true, false, yes, no, on, off, t, f, y, n, 1 or 0";
    let parses = |int: Option<i64>| matches!(int, Some(0 | 1));
    match data {
        Data::Bool(_) => Ok(()),
        _ if constraints.is_strict() => refused("bool_type", "a boolean; strict mode converts nothing"),
        Data::Text(text) if text == "0" || text == "1" || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) => Ok(()),
        Data::Int(int) if parses(int.as_i64()) => Ok(()),
        Data::Float(float) if *float == 0.0 || (*float - 1.0).abs() == 0.0 => Ok(()),
        Data::Float(float) if float % 1.0 == 0.0 && float.abs() < 9e18 => refused("bool_parsing", expected),
        Data::Text(_) | Data::BrokenText | Data::Int(_) => refused("bool_parsing", expected),
        _ => refused("bool_type", expected),
    }
}

/// `int` (`ConstrainedIntValidator`).
pub(super) fn check_int(data: &Data, constraints: &Constraints) -> Check {
    let value = int_of(data, constraints.is_strict())?;
    for (name, limit) in bounds(constraints) {
        let Some(limit) = number_of(limit).filter(|limit| limit.exponent >= 0 || limit.is_zero()) else {
            return unchecked(format!("`{name}` is not an integer"));
        };
        holds(name, Some(value.compare(&limit)), &limit)?;
    }
    match &constraints.multiple_of {
        None => Ok(()),
        Some(of) => match of.as_i64().filter(|of| *of != 0).and_then(|of| value.remainder(of.unsigned_abs())) {
            Some(0) => Ok(()),
            Some(_) => refused("multiple_of", format!("a multiple of {of}")),
            None => unchecked("`multiple_of` is not a small integer"),
        },
    }
}

/// The integer that a value is, or is converted to (`validate_int`).
pub(super) fn int_of(data: &Data, strict: bool) -> Result<Number, Fault> {
    match data {
        Data::Int(int) => Ok(int.clone()),
        _ if strict => refused("int_type", "an integer; strict mode does not convert strings"),
        Data::Bool(truth) => Ok(Number::int(i64::from(*truth))),
        Data::Float(float) if !float.is_finite() => refused("finite_number", "a finite number"),
        Data::Float(float) if float % 1.0 != 0.0 => refused("int_from_float", "an integer without a fractional part"),
        Data::Float(float) if float.abs() >= 9_223_372_036_854_775_807.0 => refused("int_parsing_size", "a smaller integer"),
        Data::Float(float) => Number::literal(&format!("{float:.0}")).map_or_else(|| refused("int_type", "an integer"), Ok),
        Data::Text(text) => int_of_text(text),
        Data::BrokenText => refused("int_parsing", "an integer"),
        _ => refused("int_type", "an integer"),
    }
}

/// `str_as_int`
fn int_of_text(text: &str) -> Result<Number, Fault> {
    match plain_int(text) {
        Some(number) => return Ok(number),
        None if too_long(text) => return refused("int_parsing_size", "an integer of at most 4300 digits"),
        None => {}
    }
    let number = clean_int(text).and_then(|clean| plain_int(&clean));
    number.map_or_else(|| refused("int_parsing", "an integer"), Ok)
}

/// An integer in JSON syntax (`jiter::NumberInt`).
fn plain_int(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let padded = digits.len() > 1 && digits.starts_with('0');
    (plain && !padded && digits.len() <= MOST_DIGITS).then(|| Number::new(text.starts_with('-'), digits, "", 0))
}

fn too_long(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.len() > MOST_DIGITS && !digits.starts_with('0') && digits.bytes().take(MOST_DIGITS + 1).all(|b| b.is_ascii_digit())
}

/// `clean_int_str`
fn clean_int(text: &str) -> Option<Cow<'_, str>> {
    let trimmed = text.trim();
    let unsigned = match trimmed.strip_prefix('+') {
        Some(rest) if rest.starts_with('-') => return None,
        Some(rest) => rest,
        None => trimmed,
    };
    let negative = unsigned.strip_prefix('-');
    if negative.is_some_and(|rest| rest.starts_with(['-', '+'])) {
        return None;
    }
    let mut digits = without_leading_zeros(negative.unwrap_or(unsigned))?;
    if let Some((whole, fraction)) = digits.split_once('.')
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte == b'0')
    {
        digits = whole;
    }
    let digits = without_underscores(digits).map_or(Cow::Borrowed(digits), Cow::Owned);
    Some(if negative.is_some() { Cow::Owned(format!("-{digits}")) } else { digits })
}

/// `strip_leading_zeros`
fn without_leading_zeros(text: &str) -> Option<&str> {
    let mut characters = text.char_indices();
    match characters.next() {
        Some((_, '0')) => {}
        Some((_, '1'..='9' | '-')) => return Some(text),
        _ => return None,
    }
    for (at, character) in characters {
        match character {
            '0' | '_' => {}
            '1'..='9' | '-' => return Some(&text[at..]),
            '.' => return Some(&text[at - 1..]),
            _ => return None,
        }
    }
    Some(&text[text.len() - 1..])
}

/// `strip_underscores`
fn without_underscores(text: &str) -> Option<String> {
    let misplaced = text.starts_with('_') || text.ends_with('_') || text.contains("__");
    (text.contains('_') && !misplaced).then(|| text.replace('_', ""))
}

/// `float` (`ConstrainedFloatValidator`).
pub(super) fn check_float(data: &Data, constraints: &Constraints) -> Check {
    let value = float_of(data, constraints.is_strict())?;
    if constraints.allow_inf_nan == Some(false) && !value.is_finite() {
        return refused("finite_number", "a finite number");
    }
    if let Some(of) = &constraints.multiple_of {
        let Some(of) = of.as_f64() else { return unchecked("`multiple_of` is not a number") };
        if (value - (value / of).round() * of).abs() > 1e-9 {
            return refused("multiple_of", format!("a multiple of {of}"));
        }
    }
    for (name, limit) in bounds(constraints) {
        let Some(float) = limit.as_f64() else { return unchecked(format!("`{name}` is not a number")) };
        let Some(shown) = number_of(limit) else { return unchecked(format!("`{name}` is not a number")) };
        holds(name, value.partial_cmp(&float), &shown)?;
    }
    Ok(())
}

/// The float that a value is, or is converted to (`validate_float`).
pub(super) fn float_of(data: &Data, strict: bool) -> Result<f64, Fault> {
    match data {
        Data::Float(float) => Ok(*float),
        Data::Int(int) => match int.as_f64() {
            float if float.is_finite() => Ok(float),
            // `json.loads` returns an integer that no float can represent; pydantic's own parser returns infinity.
            _ => unchecked("a number too large for a float"),
        },
        _ if strict => refused("float_type", "a number; strict mode does not convert strings"),
        Data::Bool(truth) => Ok(f64::from(u8::from(*truth))),
        Data::Text(text) => {
            let plain = text.trim().parse().ok();
            let float = plain.or_else(|| without_underscores(text).and_then(|text| text.parse().ok()));
            float.map_or_else(|| refused("float_parsing", "a number"), Ok)
        }
        Data::BrokenText => refused("float_parsing", "a number"),
        _ => refused("float_type", "a number"),
    }
}

/// A `Decimal`.
enum DecimalValue {
    Finite(Number),
    Infinite { negative: bool },
    NotANumber,
}

/// `Decimal` (`DecimalValidator`).
pub(super) fn check_decimal(data: &Data, constraints: &Constraints) -> Check {
    let value = decimal_of(data, constraints)?;
    let number = match &value {
        DecimalValue::Finite(number) => Some(number),
        _ if constraints.allow_inf_nan != Some(true) || constraints.bounds_digits() => {
            return refused("finite_number", "a finite number");
        }
        _ => None,
    };
    if let Some(number) = number {
        check_digits(number, constraints)?;
    }
    if let Some(of) = &constraints.multiple_of {
        let exact = number.zip(number_of(of)).and_then(|(number, of)| number.is_multiple_of(&of));
        match exact {
            Some(true) => {}
            Some(false) => return refused("multiple_of", format!("a multiple of {}", shown(of))),
            None => return unchecked("whether it is a multiple depends on rounding"),
        }
    }
    for (name, limit) in bounds(constraints) {
        let Some(limit) = number_of(limit) else { return unchecked(format!("`{name}` is not a number")) };
        let order = match &value {
            DecimalValue::Finite(number) => Some(number.compare(&limit)),
            DecimalValue::Infinite { negative: true } => Some(Ordering::Less),
            DecimalValue::Infinite { negative: false } => Some(Ordering::Greater),
            DecimalValue::NotANumber => None,
        };
        holds(name, order, &limit)?;
    }
    Ok(())
}

/// `validate_decimal`, `create_decimal`
fn decimal_of(data: &Data, constraints: &Constraints) -> Result<DecimalValue, Fault> {
    if constraints.is_strict() {
        return refused("is_instance_of", "a Decimal; strict mode converts nothing");
    }
    match data {
        Data::Text(text) => decimal_of_text(text),
        Data::Int(int) => Ok(DecimalValue::Finite(int.clone())),
        Data::Float(float) => Ok(match Number::of_float(*float) {
            Some(number) => DecimalValue::Finite(number),
            None if float.is_nan() => DecimalValue::NotANumber,
            None => DecimalValue::Infinite { negative: *float < 0.0 },
        }),
        Data::BrokenText => refused("decimal_parsing", "a decimal number"),
        _ => refused("decimal_type", "a decimal number"),
    }
}

/// `decimal.Decimal(text)`: ignores surrounding white space and any underscores, and accepts digits of every script.
fn decimal_of_text(text: &str) -> Result<DecimalValue, Fault> {
    let mut plain = String::with_capacity(text.len());
    for character in text.trim_matches(is_python_space).chars().filter(|character| *character != '_') {
        match digit_value(character) {
            Some(digit) => plain.push(char::from(b'0' + digit)),
            None => plain.push(character),
        }
    }
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(lower.as_str(), "inf" | "infinity") {
        return Ok(DecimalValue::Infinite { negative: plain.starts_with('-') });
    }
    if let Some(payload) = lower.strip_prefix("nan").or_else(|| lower.strip_prefix("snan"))
        && payload.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Ok(DecimalValue::NotANumber);
    }
    let Some(number) = Number::literal(&plain) else { return refused("decimal_parsing", "a decimal number") };
    if number.exponent.abs() > 100_000_000_000_000_000 {
        return unchecked("the exponent is at the limits of Decimal");
    }
    Ok(DecimalValue::Finite(number))
}

/// `str.isspace`
pub(super) fn is_python_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// The value of a decimal digit of any script. Each script's ten digits are contiguous and in order.
pub(super) fn digit_value(character: char) -> Option<u8> {
    static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Nd}$").ok());
    if character.is_ascii() {
        return character.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
    }
    let is_digit = |character: char| DIGIT.as_ref().is_some_and(|digit| digit.is_match(character.encode_utf8(&mut [0; 4])));
    if !is_digit(character) {
        return None;
    }
    let code = u32::from(character);
    let before = (1..60).take_while(|back| char::from_u32(code - back).is_some_and(is_digit)).count();
    u8::try_from(before % 10).ok()
}

/// `max_digits` and `decimal_places`: as written, and without trailing zeros (`extract_decimal_digits_info`).
fn check_digits(number: &Number, constraints: &Constraints) -> Check {
    if !constraints.bounds_digits() {
        return Ok(());
    }
    if number.digits.len() > 28 || number.exponent.abs() > 900_000 {
        return unchecked("the number of digits depends on rounding");
    }
    let (places, digits) = digits_of(number);
    let (short_places, short_digits) = digits_of(&normalized(number));
    if let Some(most) = constraints.max_digits
        && digits.min(short_digits) > most
    {
        return refused_as("decimal_max_digits", format!("must have at most {most} digits"));
    }
    if let Some(most) = constraints.decimal_places {
        if places.min(short_places) > most {
            return refused_as("decimal_max_places", format!("must have at most {most} decimal places"));
        }
        if let Some(all) = constraints.max_digits {
            let whole = digits.saturating_sub(places).min(short_digits.saturating_sub(short_places));
            if whole > all.saturating_sub(most) {
                return refused_as(
                    "decimal_whole_digits",
                    format!("must have at most {} digits before the decimal point", all.saturating_sub(most)),
                );
            }
        }
    }
    Ok(())
}

fn normalized(number: &Number) -> Number {
    let mut short = number.clone();
    while short.digits.last() == Some(&0) {
        short.digits.pop();
        short.exponent += 1;
    }
    if short.is_zero() {
        short.exponent = 0;
    }
    short
}

/// The number of digits after the point, and in total.
fn digits_of(number: &Number) -> (u64, u64) {
    // Zero counts as one digit.
    let written = number.digits.len().max(1) as u64;
    if number.exponent >= 0 {
        (0, written + number.exponent.unsigned_abs())
    } else {
        let places = number.exponent.unsigned_abs();
        (places, written.max(places))
    }
}

/// The given bounds, by name.
pub(super) fn bounds(constraints: &Constraints) -> impl Iterator<Item = (&'static str, &Json)> {
    let all = [("le", &constraints.le), ("lt", &constraints.lt), ("ge", &constraints.ge), ("gt", &constraints.gt)];
    all.into_iter().filter_map(|(name, limit)| limit.as_ref().map(|limit| (name, limit)))
}

/// Whether the bound of that name is satisfied. A value that cannot be compared satisfies none.
pub(super) fn holds(name: &str, order: Option<Ordering>, limit: &Number) -> Check {
    let limit = limit.as_f64();
    let (held, error, words) = match name {
        "le" => (order.is_some_and(Ordering::is_le), "less_than_equal", "less than or equal to"),
        "lt" => (order.is_some_and(Ordering::is_lt), "less_than", "less than"),
        "ge" => (order.is_some_and(Ordering::is_ge), "greater_than_equal", "greater than or equal to"),
        _ => (order.is_some_and(Ordering::is_gt), "greater_than", "greater than"),
    };
    if held { Ok(()) } else { refused(error, format!("{words} {limit}")) }
}

/// A bound as a number: from JSON, or from the text of a `Decimal`.
pub(super) fn number_of(limit: &Json) -> Option<Number> {
    match limit {
        Json::Number(number) => Number::literal(&number.to_string()),
        Json::String(text) => Number::literal(text),
        _ => None,
    }
}

fn shown(limit: &Json) -> String {
    limit.as_str().map_or_else(|| limit.to_string(), str::to_owned)
}

/// `ByteSize` (`ByteSize._validate`).
pub(super) fn check_byte_size(data: &Data, constraints: &Constraints) -> Check {
    static SIZE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*(\d*\.?\d+)\s*(\w+)?").ok());
    const UNITS: [&str; 27] = [
        "b", "kb", "mb", "gb", "tb", "pb", "eb", "kib", "mib", "gib", "tib", "pib", "eib", "bit", "kbit", "mbit", "gbit",
        "tbit", "pbit", "ebit", "kibit", "mibit", "gibit", "tibit", "pibit", "eibit", "",
    ];
    if constraints.bounds_number() || constraints.is_strict() {
        return unchecked("bounds on a size in bytes");
    }
    let text = match data {
        Data::Text(text) => text,
        Data::Bool(_) | Data::Float(_) => return unchecked("a size in bytes that is not a string"),
        other => {
            let size = int_of(other, false)?;
            return if size.negative && !size.is_zero() { refused("byte_size", "a size in bytes") } else { Ok(()) };
        }
    };
    // Sizes that a float cannot represent are rejected.
    if text.len() > 300 {
        return unchecked("a very long size in bytes");
    }
    let Some(size) = SIZE.as_ref() else { return unchecked("a size in bytes") };
    // Either member of the union may accept it: the pattern, or a non-negative integer.
    let Some(found) = size.captures(text) else {
        return match int_of_text(text) {
            Ok(size) if !size.negative || size.is_zero() => Ok(()),
            _ => refused("byte_size", "a size in bytes, such as 10MB"),
        };
    };
    if !text.is_ascii() {
        return unchecked("a size in bytes with non-ASCII characters");
    }
    let unit = found.get(2).map_or_else(String::new, |unit| unit.as_str().to_ascii_lowercase());
    let short = matches!(unit.as_str(), "k" | "m" | "g" | "t" | "p" | "e");
    // `int(text)` is tried first, and needs no unit.
    if short || UNITS.contains(&unit.as_str()) || is_python_int(text) {
        Ok(())
    } else {
        refused_as("byte_size_unit", "must have a known unit, such as KB or MiB")
    }
}

/// Whether `int(text)` accepts an ASCII text.
fn is_python_int(text: &str) -> bool {
    let trimmed = text.trim_matches(is_python_space);
    let digits = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
    let misplaced = digits.starts_with('_') || digits.ends_with('_') || digits.contains("__");
    !digits.is_empty() && !misplaced && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}
