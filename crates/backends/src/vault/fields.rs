//! A field of an entry as text: strings as they are, everything else as Python's `json.dumps` writes it.

use std::fmt::Write as _;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// The text of a field.
pub(super) fn text_of(raw: &RawValue) -> String {
    let json = raw.get();
    if json.starts_with('"') { serde_json::from_str(json).unwrap_or_default() } else { python_json(json) }
}

/// Reformats valid JSON with the spaces and escapes of `json.dumps`. Numbers stay as written, so that none loses digits.
fn python_json(json: &str) -> String {
    let mut text = Zeroizing::new(String::with_capacity(json.len() + 8));
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        match first {
            '"' => {
                let end = end_of_string(rest);
                let string: Zeroizing<String> = Zeroizing::new(serde_json::from_str(&rest[..end]).unwrap_or_default());
                push_string(&mut text, &string);
                rest = &rest[end..];
                continue;
            }
            ',' => text.push_str(", "),
            ':' => text.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => text.push(c),
        }
        rest = &rest[first.len_utf8()..];
    }
    std::mem::take(&mut text)
}

/// The end of a string that starts with its quote.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn push_string(text: &mut String, string: &str) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                let _ = write!(text, "\\u{unit:04x}");
            }),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_what_python_makes_of_it() {
        for (json, text) in [
            (r#""hello""#, "hello"),
            (r#""a\u00e4\n""#, "aä\n"),
            ("42", "42"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("true", "true"),
            ("null", "null"),
            (r#"{"k":"v","l":[1,2,{}]}"#, r#"{"k": "v", "l": [1, 2, {}]}"#),
            (r#"{ "k" : "a,b:c\"" }"#, r#"{"k": "a,b:c\""}"#),
            (r#"["ä😀\u0001/\/"]"#, r#"["\u00e4\ud83d\ude00\u0001//"]"#),
        ] {
            let raw: Box<RawValue> = serde_json::from_str(json).expect(json);
            assert_eq!(text_of(&raw), text, "{json}");
        }
    }

    #[test]
    fn it_means_the_same() {
        let mut state = 7_u64;
        let mut next = move |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        for _ in 0..500 {
            let text: String = (0..next(12)).filter_map(|_| char::from_u32(u32::try_from(next(0x1_1000)).ok()?)).collect();
            let value = serde_json::json!({ text.clone(): [text, { "x": next(9) }], "b": "\\\"" });
            let raw: Box<RawValue> = serde_json::from_str(&value.to_string()).expect("valid");
            let made = text_of(&raw);
            assert!(made.is_ascii());
            assert_eq!(serde_json::from_str::<serde_json::Value>(&made).expect("valid"), value);
        }
    }
}
