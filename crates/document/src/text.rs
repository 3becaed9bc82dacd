//! Bytes → text.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::{Position, conflict, lines::Lines};

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A byte that is not UTF-8; it was replaced.
    Encoding(Position),
    /// An unresolved merge conflict; the first side was kept.
    MergeConflict(Position),
    /// A syntax error; the message is a phrase of the parser.
    Syntax(Position, String),
}

impl Fault {
    pub fn position(&self) -> Position {
        match self {
            Self::Encoding(position) | Self::MergeConflict(position) | Self::Syntax(position, _) => *position,
        }
    }

    /// What is wrong with the file at `path`, as a phrase.
    pub fn message(&self, path: &str) -> String {
        match self {
            Self::Encoding(_) => format!("{path} is not UTF-8 text"),
            Self::MergeConflict(_) => format!("{path} has unresolved merge conflicts"),
            Self::Syntax(_, message) => format!("{path} is malformed: {message}"),
        }
    }
}

/// A text with its lines and its faults.
#[derive(Debug)]
pub struct Text<'b> {
    content: Cow<'b, str>,
    lines: Lines,
    faults: Vec<Fault>,
}

impl<'b> Text<'b> {
    /// Decodes `bytes`: UTF-8 with or without a byte order mark, or UTF-16 with one (which PowerShell's `>` writes). Other bytes become
    /// U+FFFD and a fault, and of a merge conflict the first side is kept.
    pub fn decode(bytes: &'b [u8]) -> Self {
        let (text, invalid) = match bytes {
            [0xFF, 0xFE, rest @ ..] => (UTF_16LE.decode_without_bom_handling(rest).0, None),
            [0xFE, 0xFF, rest @ ..] => (UTF_16BE.decode_without_bom_handling(rest).0, None),
            [0xEF, 0xBB, 0xBF, rest @ ..] => decode_utf8(rest),
            _ => decode_utf8(bytes),
        };
        let lines = Lines::of(&text);
        let resolved = conflict::keep_ours(&text, lines.starts());
        let first_conflict = resolved.as_ref().map(|resolved| resolved.first);
        let (text, lines) = match resolved {
            None => (text, lines),
            Some(resolved) => {
                let lines = Lines::of(&resolved.text);
                (Cow::Owned(resolved.text), lines)
            }
        };
        let faults = (invalid.map(|offset| Fault::Encoding(lines.position(&text, offset))).into_iter())
            .chain(first_conflict.map(|offset| Fault::MergeConflict(lines.position(&text, offset))))
            .collect();
        Self { content: text, lines, faults }
    }

    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// Its lines, each with its end.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let starts = self.lines.starts();
        let ends = starts.iter().skip(1).copied().chain([self.content.len()]);
        starts.iter().zip(ends).map(|(start, end)| &self.content[*start..end])
    }

    /// What is wrong with it as text, at most one of each kind.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether it has a merge conflict. A syntax error would then only be about the conflict again.
    pub fn has_conflict(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, Fault::MergeConflict(_)))
    }

    /// The position of the byte at `offset`.
    pub fn position(&self, offset: usize) -> Position {
        self.lines.position(&self.content, offset)
    }
}

/// The text, and the offset of its first byte that is not UTF-8.
fn decode_utf8(bytes: &[u8]) -> (Cow<'_, str>, Option<usize>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => (String::from_utf8_lossy(bytes), Some(error.valid_up_to())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_are_no_part_of_the_text() {
        for bytes in [&b"\xEF\xBB\xBFab"[..], b"\xFF\xFEa\0b\0", b"\xFE\xFF\0a\0b", b"ab"] {
            let text = Text::decode(bytes);
            assert_eq!((text.as_str(), text.faults()), ("ab", &[][..]));
            assert_eq!(text.position(1), Position { line: 1, column: 2 });
        }
    }

    #[test]
    fn a_bad_byte_is_a_fault_and_the_rest_is_read() {
        let text = Text::decode(b"a\nb\xE9c");
        assert_eq!(text.as_str(), "a\nb\u{FFFD}c");
        assert_eq!(text.faults(), [Fault::Encoding(Position { line: 2, column: 2 })]);
    }
}
