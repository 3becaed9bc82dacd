//! Characters that a reader cannot see, made visible.
//!
//! A repository can name anything: a control character breaks a page, and one that turns the direction of writing makes a line
//! read as another ("Trojan Source", CVE-2021-42574).

use std::fmt::Write;

/// `text` with characters that are not seen written as Python writes them: `\x1b`, `\u202e`. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let mut seen = String::with_capacity(text.len());
    for c in text.chars() {
        // Writing to a string does not fail.
        let _ = match u32::from(c) {
            _ if !is_unseen(c) => seen.write_char(c),
            code if code <= 0xff => write!(seen, "\\x{code:02x}"),
            code if code <= 0xffff => write!(seen, "\\u{code:04x}"),
            code => write!(seen, "\\U{code:08x}"),
        };
    }
    seen
}

/// The same on one line.
pub fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Controls, marks of direction, spaces without width, tags and what is no character. The joiners U+200C and U+200D belong to words of
/// several languages and stay.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(u32::from(c),
            0xad | 0x61c | 0x180e | 0x200b | 0x200e..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff
            | 0xfff9..=0xfffb | 0xfdd0..=0xfdef | 0xe0000..=0xe0fff)
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_written_as_python_writes_it() {
        assert_eq!(one_line("a\u{202e}b\u{2066}\u{1b}[31m\0"), r"a\u202eb\u2066\x1b[31m\x00");
        assert_eq!(one_line("\u{e0041}\u{1fffe}\u{feff}"), r"\U000e0041\U0001fffe\ufeff");
    }

    #[test]
    fn a_text_is_one_line_and_keeps_its_letters() {
        assert_eq!(one_line(" two\r\n lines\u{2028}here\t"), "two lines here");
        assert_eq!(one_line("שלום ümläut می\u{200c}خواهم 👩\u{200d}💻"), "שלום ümläut می\u{200c}خواهم 👩\u{200d}💻");
    }
}
