//! Encodings of a text: percent encoding, base64, hexadecimal digits, and the escapes of programs that quote.

use std::fmt::Write as _;

/// The digits of base64; the second table is the URL-safe one.
const BASE64: [&[u8; 64]; 2] = [
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
];

/// Two digits for each byte.
pub(super) fn hex(bytes: &[u8], is_upper: bool) -> Vec<u8> {
    bytes.iter().flat_map(|byte| hex_digits(*byte, is_upper)).collect()
}

/// Percent-encodes each byte that is neither a letter or digit nor in `plain`.
pub(super) fn percent(bytes: &[u8], plain: &[u8], is_upper: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || plain.contains(byte) {
            text.push(*byte);
        } else {
            push_percent(*byte, is_upper, &mut text);
        }
    }
    text
}

/// Percent-encodes every byte.
pub(super) fn percent_all(bytes: &[u8], is_upper: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 3);
    for byte in bytes {
        push_percent(*byte, is_upper, &mut text);
    }
    text
}

/// Decodes a percent-encoded text.
pub(super) fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match (text[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                at += 3;
            }
            (byte, ..) => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    bytes
}

/// Base64 of only these bytes, without and with padding.
pub(super) fn base64_alone(bytes: &[u8], is_for_addresses: bool) -> [Vec<u8>; 2] {
    let bare = base64_digits(bytes, is_for_addresses);
    let mut padded = bare.clone();
    padded.resize(bare.len().next_multiple_of(4), b'=');
    [bare, padded]
}

/// The part of the base64 encoding of *any* text containing `bytes` that depends on nothing else, if `before` bytes (modulo three) precede
/// them.
pub(super) fn base64_within(bytes: &[u8], before: usize, is_for_addresses: bool) -> Vec<u8> {
    let mut shifted = vec![0; before];
    shifted.extend_from_slice(bytes);
    let whole_digits = shifted.len() * 8 / 6;
    let mut digits = base64_digits(&shifted, is_for_addresses);
    shifted.fill(0);
    digits.truncate(whole_digits);
    digits.drain(..(before * 8).div_ceil(6));
    digits
}

fn base64_digits(bytes: &[u8], is_for_addresses: bool) -> Vec<u8> {
    let table = BASE64[usize::from(is_for_addresses)];
    let mut digits = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let shifts = [18, 12, 6, 0].into_iter().take(group.len() + 1);
        digits.extend(shifts.map(|shift| table[(bits >> shift & 0x3f) as usize]));
    }
    digits
}

/// Within the quotes of a JSON string, as most programs write it.
pub(super) fn json(text: &str) -> Vec<u8> {
    let quoted = serde_json::to_string(text).expect("a text can be written as JSON");
    quoted.as_bytes()[1..quoted.len() - 1].to_vec()
}

/// Within the quotes of an ASCII-only JSON string, as Python writes it.
pub(super) fn json_ascii(text: &str) -> Vec<u8> {
    let mut ascii = String::new();
    for character in String::from_utf8_lossy(&json(text)).chars() {
        if character.is_ascii() && character != '\x7f' {
            ascii.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                write!(ascii, "\\u{unit:04x}").expect("a String takes everything");
            }
        }
    }
    ascii.into_bytes()
}

/// Within the `quote`s of Python's `repr` of a string, and of `$'...'` in a shell.
pub(super) fn python_text(text: &str, quote: char) -> Vec<u8> {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\u{80}'..='\u{a0}' | '\u{ad}' => escaped.extend(format!("\\x{:02x}", u32::from(character)).chars()),
            _ if character.is_ascii() => escaped.extend(python_ascii(character, quote)),
            _ => escaped.push(character),
        }
    }
    escaped.into_bytes()
}

/// Within the `quote`s of Python's `repr` of bytes.
pub(super) fn python_bytes(bytes: &[u8], quote: char) -> Vec<u8> {
    bytes.iter().flat_map(|byte| python_ascii(char::from(*byte), quote)).flat_map(|character| [character as u8]).collect()
}

/// One ASCII character, or one byte as the character with its number.
fn python_ascii(character: char, quote: char) -> Vec<char> {
    match character {
        '\\' => vec!['\\', '\\'],
        '\n' => vec!['\\', 'n'],
        '\r' => vec!['\\', 'r'],
        '\t' => vec!['\\', 't'],
        _ if character == quote => vec!['\\', quote],
        ' '..='~' => vec![character],
        _ => format!("\\x{:02x}", u32::from(character)).chars().collect(),
    }
}

/// Within the single quotes of a shell; `apostrophe` is how a single quote itself is written.
pub(super) fn shell(text: &str, apostrophe: &str) -> Vec<u8> {
    text.replace('\'', apostrophe).into_bytes()
}

/// With a backslash before each character that is special in a shell.
pub(super) fn shell_backslash(text: &str) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"%+-./:=@_\n".contains(&byte) {
            escaped.push(b'\\');
        }
        escaped.push(byte);
    }
    escaped
}

/// In HTML, with the two common ways to write the quotes.
pub(super) fn html(text: &str, double: &str, single: &str) -> Vec<u8> {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', double).replace('\'', single).into_bytes()
}

fn push_percent(byte: u8, is_upper: bool, text: &mut Vec<u8>) {
    text.push(b'%');
    text.extend(hex_digits(byte, is_upper));
}

fn hex_digits(byte: u8, is_upper: bool) -> [u8; 2] {
    let digits = if is_upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    [digits[usize::from(byte >> 4)], digits[usize::from(byte & 0xf)]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_the_standard_has_it() {
        for (plain, padded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64_alone(plain.as_bytes(), false)[1], padded.as_bytes());
            assert_eq!(base64_alone(plain.as_bytes(), false)[0], padded.trim_end_matches('=').as_bytes());
        }
        assert_eq!(base64_alone(b"\xfb\xff", true)[1], b"-_8=");
    }

    #[test]
    fn base64_around_a_text_contains_what_no_neighbour_changes() {
        for length in 1..12 {
            let text = &b"!secret text"[..length];
            for before in 0..6 {
                for after in 0..4 {
                    let around = [&b"\xffabcde"[..before], text, &b"\xffyz!"[..after]].concat();
                    let [whole, _] = base64_alone(&around, false);
                    let within = base64_within(text, before % 3, false);
                    assert!(
                        within.is_empty() || whole.windows(within.len()).any(|part| part == within),
                        "{length} {before} {after}"
                    );
                    assert!(within.len() * 6 + 10 >= length * 8, "more is left out than the borders: {length} {before}");
                }
            }
        }
    }

    #[test]
    fn percent_signs_go_and_come() {
        assert_eq!(percent(b"a b/\xc3", b"/", true), b"a%20b/%C3");
        assert_eq!(percent_all(b"a/", false), b"%61%2f");
        assert_eq!(percent_decoded(b"a%20b%2F%C3%4x%"), b"a b/\xc3%4x%");
    }

    #[test]
    fn escapes_are_those_of_their_languages() {
        assert_eq!(json("a\"\n\\é"), "a\\\"\\n\\\\é".as_bytes());
        assert_eq!(json_ascii("é😀\x01"), b"\\u00e9\\ud83d\\ude00\\u0001");
        assert_eq!(python_text("a'\n\\é\x07\u{a0}", '\''), "a\\'\\n\\\\é\\x07\\xa0".as_bytes());
        assert_eq!(python_bytes("aé'".as_bytes(), '\''), b"a\\xc3\\xa9\\'");
        assert_eq!(shell("a'b", r#"'"'"'"#), br#"a'"'"'b"#);
        assert_eq!(shell_backslash("a b$"), br"a\ b\$");
        assert_eq!(html("<a'\"&>", "&quot;", "&#x27;"), b"&lt;a&#x27;&quot;&amp;&gt;");
    }
}
