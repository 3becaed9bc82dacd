//! Makes invisible characters visible.
//!
//! A repository can contain any name: a control character breaks a page, and a bidirectional mark makes a line read as another ("Trojan
//! Source", CVE-2021-42574).

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with invisible characters written as Python escapes them: `\x1b`, `\u202e`. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    text.chars().for_each(|c| push_visible(c, &mut seen));
    seen
}

/// Appends one character, escaped as in [`visible`].
pub fn push_visible(c: char, seen: &mut String) {
    if is_unseen(c) {
        push_escaped(c, seen);
    } else {
        seen.push(c);
    }
}

/// A name or a line in a form that shows every character on one line: line breaks and tabs become `\n` and `\t`.
pub fn shown(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !is_unseen(c) && !matches!(c, '\n' | '\t');
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut seen = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => seen.push_str("\\n"),
            '\t' => seen.push_str("\\t"),
            other => push_visible(other, &mut seen),
        }
    }
    Cow::Owned(seen)
}

/// A name as one word of a command to copy into a shell, with POSIX quotes if a shell would otherwise interpret it.
pub fn shell_word(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", shown(text).replace('\'', r"'\''")))
}

/// Prose on one line: each run of white space becomes a space.
pub fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a character is invisible: control characters, direction marks, line separators, zero-width letters and spaces, tags, and code
/// points that are not characters. The joiners U+200C and U+200D stay, as several languages need them.
pub fn is_unseen(c: char) -> bool {
    // The fast path: nearly all characters of any text.
    if (' '..='~').contains(&c) {
        return false;
    }
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(u32::from(c),
            0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180e | 0x200b | 0x200e..=0x200f | 0x2028..=0x202e
            | 0x2060..=0x206f | 0x3164 | 0xfeff | 0xffa0 | 0xfff9..=0xfffb | 0xfdd0..=0xfdef | 0x1d173..=0x1d17a
            | 0xe0000..=0xe0fff)
        || u32::from(c) & 0xfffe == 0xfffe
}

fn push_escaped(c: char, seen: &mut String) {
    // Writing to a string cannot fail.
    let _ = match u32::from(c) {
        code if code <= 0xff => write!(seen, "\\x{code:02x}"),
        code if code <= 0xffff => write!(seen, "\\u{code:04x}"),
        code => write!(seen, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_types, reason = "the shell itself is asked")]
    fn a_name_is_one_word_to_a_shell() {
        for name in ["DB_PASSWORD", "preview/x", "http://localhost:8421"] {
            assert_eq!(shell_word(name), name);
        }
        for name in ["a; touch x", "$(touch x)", "`touch x`", "it's", "-rf", "", "a\\ b", "a|b>c&", "~", "*", "!!", "ü"] {
            let said = std::process::Command::new("sh").args(["-c", &format!("printf %s {}", shell_word(name))]).output();
            assert_eq!(String::from_utf8_lossy(&said.expect("a shell").stdout), name);
        }
        assert_eq!(shell_word("a\nb"), r"'a\nb'");
    }

    #[test]
    fn what_is_not_seen_is_written_as_python_writes_it() {
        assert_eq!(one_line("a\u{202e}b\u{2066}\u{1b}[31m\0"), r"a\u202eb\u2066\x1b[31m\x00");
        assert_eq!(one_line("\u{e0041}\u{1fffe}\u{feff}"), r"\U000e0041\U0001fffe\ufeff");
        assert_eq!(visible("\u{9b}2J\u{2028}\u{7f}"), r"\x9b2J\u2028\x7f");
    }

    #[test]
    fn a_text_is_one_line_and_keeps_its_letters() {
        assert_eq!(one_line(" two\r\n lines\u{2028}here\t"), "two lines here");
        assert_eq!(one_line("שלום ümläut می\u{200c}خواهم 👩\u{200d}💻"), "שלום ümläut می\u{200c}خواهم 👩\u{200d}💻");
    }

    #[test]
    fn a_name_is_on_one_line_letter_for_letter() {
        assert_eq!(shown("a  b\r\n::error::c\t"), r"a  b\x0d\n::error::c\t");
        assert!(matches!(shown("plain  ümläut"), Cow::Borrowed(_)));
    }
}
