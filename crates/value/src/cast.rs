//! Whether a text can be converted to the type of a `Secret` field. The cast rules of the second seed: `int(text)`, `float(text)`, words
//! for `bool`, `json.loads(text)`.

use super::json::{self, Dialect};
use super::verdict::{Check, refused, unchecked};
use takk_model::CastRule;

pub(super) fn check_cast(rule: CastRule, text: &str) -> Check {
    match rule {
        CastRule::Text => Ok(()),
        CastRule::Int if is_int(stripped(text)) => Ok(()),
        CastRule::Int => not_ascii_or(text, "int_parsing", "an integer"),
        CastRule::Float if is_float(stripped(text)) => Ok(()),
        CastRule::Float => not_ascii_or(text, "float_parsing", "a number"),
        CastRule::Bool if cast_bool(text).is_some() => Ok(()),
        CastRule::Bool => refused("bool_parsing", "true, 1, yes, on, false, 0, no or off"),
        CastRule::Json => match json::decode(text, Dialect::Python) {
            Ok(_) => Ok(()),
            Err(json::Broken::TooDeep) => unchecked("it is nested too deeply"),
            Err(json::Broken::Invalid) => refused("json_invalid", "valid JSON"),
        },
        CastRule::Transform => unchecked("the field's own `transform` parses it"),
    }
}

/// The `bool` that a text means: `text.strip().lower()` must be one of eight words. `None` for any other text.
pub fn cast_bool(text: &str) -> Option<bool> {
    let text = stripped(text);
    // The words are ASCII, and so is the result of Python's `lower` for them.
    let is_one_of = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_one_of(["true", "1", "yes", "on"]) {
        Some(true)
    } else if is_one_of(["false", "0", "no", "off"]) {
        Some(false)
    } else {
        None
    }
}

/// `text.strip()`: Python strips four more characters than Unicode's white space property has.
fn stripped(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

/// Python accepts the digits of any script in numbers. Such texts are left to the program.
fn not_ascii_or(text: &str, error: &'static str, expected: &str) -> Check {
    if text.is_ascii() { refused(error, expected) } else { unchecked("it contains non-ASCII characters") }
}

/// Whether `int(text)` accepts a text: a sign, and digits with single underscores between them.
fn is_int(text: &str) -> bool {
    is_digits(text.strip_prefix(['+', '-']).unwrap_or(text))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether `float(text)` accepts a text.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if ["inf", "infinity", "nan"].contains(&unsigned.to_lowercase().as_str()) {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = match mantissa.split_once('.') {
        Some((whole, part)) => {
            let either = |text: &str| text.is_empty() || is_digits(text);
            either(whole) && either(part) && !(whole.is_empty() && part.is_empty())
        }
        None => is_digits(mantissa),
    };
    digits && exponent.is_none_or(is_int)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_python_reads_them() {
        for text in ["1", " -1_000\n", "+0", "007"] {
            assert!(check_cast(CastRule::Int, text).is_ok(), "{text}");
        }
        for text in ["", "1.0", "1__0", "_1", "1_", "0x1", "+-1", "1 2"] {
            assert!(check_cast(CastRule::Int, text).is_err(), "{text}");
        }
        for text in ["1", "1.", ".5", "1e5", "-1_0.5E-1_0", "inf", "-Infinity", "NaN"] {
            assert!(check_cast(CastRule::Float, text).is_ok(), "{text}");
        }
        for text in ["", ".", "e5", "1e", "1.2.3", "1_.0", "infinit", "0x1p3"] {
            assert!(check_cast(CastRule::Float, text).is_err(), "{text}");
        }
    }

    #[test]
    fn words_and_json() {
        for text in ["true", "1", "YES", "oN", " true\n", "\u{1c}on\u{a0}"] {
            assert_eq!(cast_bool(text), Some(true), "{text:?}");
        }
        for text in ["false", "0", "No", "off", "\toff "] {
            assert_eq!(cast_bool(text), Some(false), "{text:?}");
        }
        for text in ["", " ", "y", "t r u e", "2", "\u{200b}true"] {
            assert_eq!(cast_bool(text), None, "{text:?}");
        }
        assert!(check_cast(CastRule::Bool, " Yes ").is_ok());
        assert!(check_cast(CastRule::Bool, "y").is_err());
        assert!(check_cast(CastRule::Json, "[1, {}]").is_ok());
        assert!(check_cast(CastRule::Json, "[1").is_err());
        assert!(check_cast(CastRule::Text, "").is_ok());
    }
}
