//! Bytes of a terminal → keys and pastes. Pure: takes bytes, and returns what they are so far.

use zeroize::Zeroizing;

/// The sequence before a paste, in a terminal that supports bracketed paste.
const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

pub(super) enum Input {
    Key(Key),
    /// Pasted text, in a terminal with bracketed paste.
    Pasted(Zeroizing<String>),
}

/// A key that matters for a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Character(char),
    /// A letter with Ctrl.
    Control(char),
    /// Enter, or a pasted line break.
    LineBreak,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    Escape,
    Other,
}

/// Receives bytes as they arrive. They are wiped when it is dropped.
pub(super) struct Decoder {
    bytes: Zeroizing<Vec<u8>>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { bytes: Zeroizing::new(Vec::with_capacity(4096)) }
    }
}

impl Decoder {
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether all input has been returned.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether a paste has started and not ended.
    pub(super) fn is_pasting(&self) -> bool {
        self.bytes.starts_with(PASTE_START)
    }

    /// The next input. `None` if it depends on further bytes, unless `is_all` says that none will arrive.
    pub(super) fn next(&mut self, is_all: bool) -> Option<Input> {
        if self.is_pasting() {
            return self.pasted(is_all).map(Input::Pasted);
        }
        let (key, length) = match key(&self.bytes) {
            Some(found) => found,
            None if is_all && self.bytes.first() == Some(&0x1b) && self.bytes.len() == 1 => (Key::Escape, 1),
            None if is_all && !self.bytes.is_empty() => (Key::Other, self.bytes.len()),
            None => return None,
        };
        self.bytes.drain(..length);
        Some(Input::Key(key))
    }

    fn pasted(&mut self, is_all: bool) -> Option<Zeroizing<String>> {
        let end = memchr::memmem::find(&self.bytes, PASTE_END);
        let (end, length) = match end {
            Some(end) => (end, end + PASTE_END.len()),
            None if is_all => (self.bytes.len(), self.bytes.len()),
            None => return None,
        };
        let text = Zeroizing::new(String::from_utf8_lossy(&self.bytes[PASTE_START.len()..end]).into_owned());
        self.bytes.drain(..length);
        Some(text)
    }
}

/// The first key with its length in bytes. `None` if the bytes are only the beginning of one.
fn key(bytes: &[u8]) -> Option<(Key, usize)> {
    let first = *bytes.first()?;
    let key = match first {
        0x1b => return escaped(bytes),
        b'\r' if bytes.get(1) == Some(&b'\n') => return Some((Key::LineBreak, 2)),
        b'\r' | b'\n' => Key::LineBreak,
        b'\t' => Key::Character('\t'),
        0x7f | 0x08 => Key::Backspace,
        0x01..=0x1a => Key::Control(char::from(b'a' + first - 1)),
        0x00..=0x1f => Key::Other,
        0x20..=0x7e => Key::Character(char::from(first)),
        _ => return wide(bytes),
    };
    Some((key, 1))
}

/// A multi-byte character.
fn wide(bytes: &[u8]) -> Option<(Key, usize)> {
    let start = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or_default(),
        Err(error) => return error.error_len().map(|length| (Key::Character('\u{fffd}'), length)),
    };
    valid.chars().next().map(|character| (Key::Character(character), character.len_utf8()))
}

/// A key that is sent as an escape sequence: `ESC [ 3 ~`, `ESC O H`.
fn escaped(bytes: &[u8]) -> Option<(Key, usize)> {
    match *bytes.get(1)? {
        b'[' => {
            let last = bytes.iter().skip(2).position(|byte| (0x40..=0x7e).contains(byte))? + 2;
            let number = bytes[2..last].split(|byte| *byte == b';').next().unwrap_or_default();
            Some((named(bytes[last], number), last + 1))
        }
        b'O' => Some((named(*bytes.get(2)?, b""), 3)),
        0x1b => Some((Key::Escape, 1)),
        // A key with Alt.
        _ => key(&bytes[1..]).map(|(_, length)| (Key::Other, length + 1)),
    }
}

fn named(last: u8, number: &[u8]) -> Key {
    match (last, number) {
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'C', _) => Key::Right,
        (b'D', _) => Key::Left,
        (b'H', _) | (b'~', b"1" | b"7") => Key::Home,
        (b'F', _) | (b'~', b"4" | b"8") => Key::End,
        (b'~', b"3") => Key::Delete,
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All inputs for bytes that arrive one by one; pastes are in angle brackets.
    fn decoded(bytes: &[u8]) -> Vec<String> {
        let mut decoder = Decoder::default();
        let mut all = Vec::new();
        let said = |input: Input| match input {
            Input::Key(key) => format!("{key:?}"),
            Input::Pasted(text) => format!("<{}>", text.as_str()),
        };
        for byte in bytes {
            decoder.take(&[*byte]);
            all.extend(std::iter::from_fn(|| decoder.next(false)).map(said));
        }
        all.extend(std::iter::from_fn(|| decoder.next(true)).map(said));
        assert!(decoder.is_empty());
        all
    }

    #[test]
    fn keys_are_told_apart() {
        assert_eq!(decoded("aä日".as_bytes()), ["Character('a')", "Character('ä')", "Character('日')"]);
        assert_eq!(decoded(b"\x1b[A\x1b[1;5C\x1bOH\x1b[3~\x1b[4~"), ["Up", "Right", "Home", "Delete", "End"]);
        assert_eq!(decoded(b"\x03\x7f\x08\n"), ["Control('c')", "Backspace", "Backspace", "LineBreak"]);
        assert_eq!(decoded(b"\x1bx\x1b[15~\x00"), ["Other", "Other", "Other"]);
    }

    #[test]
    fn a_lone_escape_is_one_when_nothing_follows() {
        assert_eq!(decoded(b"\x1b"), ["Escape"]);
        assert_eq!(decoded(b"\x1b\x1b"), ["Escape", "Escape"]);
        assert_eq!(decoded(b"\x1b["), ["Other"]);
        assert_eq!(decoded(b"\xe6\x97"), ["Other"], "the beginning of a character");
        assert_eq!(decoded(b"\xffa"), ["Character('\u{fffd}')", "Character('a')"]);
    }

    #[test]
    fn a_paste_is_one_input_and_nothing_in_it_is_a_key() {
        assert_eq!(decoded(b"a\x1b[200~x\r\ny\x03\x1b[201~b"), ["Character('a')", "<x\r\ny\u{3}>", "Character('b')"]);
        assert_eq!(decoded(b"\x1b[200~never ended"), ["<never ended>"]);
    }

    #[test]
    fn the_two_bytes_of_a_line_break_are_one() {
        let mut decoder = Decoder::default();
        decoder.take(b"\r\n\r");
        assert!(matches!(decoder.next(false), Some(Input::Key(Key::LineBreak))));
        assert!(matches!(decoder.next(false), Some(Input::Key(Key::LineBreak))));
        assert!(decoder.is_empty());
    }
}
