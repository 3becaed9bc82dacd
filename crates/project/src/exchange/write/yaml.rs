//! YAML: a mapping of strings. Values are always in double quotes, so that no version of YAML interprets one as another type.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::{Reason, is_identifier};

/// The maximum length of an implicit key, in characters as written.
const LONGEST_KEY: usize = 1000;

/// Words that YAML 1.1 reads as booleans or null, in lower case.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Appends `NAME: "value"`.
pub(super) fn write_entry(name: &str, value: &str, text: &mut Zeroizing<String>) -> Result<(), Reason> {
    let begin = text.len();
    if is_identifier(name) && !WORDS.contains(&name.to_ascii_lowercase().as_str()) {
        text.push_str(name);
    } else {
        write_quoted(name, text);
    }
    if text[begin..].chars().count() > LONGEST_KEY {
        return Err("is too long for a YAML key");
    }
    text.push_str(": ");
    write_quoted(value, text);
    text.push('\n');
    Ok(())
}

fn write_quoted(value: &str, text: &mut Zeroizing<String>) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            _ if is_printable(c) => text.push(c),
            _ => {
                let _ = match u32::from(c) {
                    code @ ..=0xff => write!(text, "\\x{code:02X}"),
                    code @ ..=0xffff => write!(text, "\\u{code:04X}"),
                    code => write!(text, "\\U{code:08X}"),
                };
            }
        }
    }
    text.push('"');
}

/// Whether a character needs no escape in YAML, and is not a line break in any version of it.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
