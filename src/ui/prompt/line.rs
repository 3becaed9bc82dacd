//! The input line: its text, the cursor, and the part of it that fits on the screen.

use unicode_width::UnicodeWidthChar;
use zeroize::Zeroizing;

/// Room for most values, so that typing one leaves no outgrown copies of it in memory.
const ROOM: usize = 1024;

/// A line being edited. It is wiped when dropped.
pub(super) struct Line {
    text: Zeroizing<String>,
    /// The byte offset of the cursor, at a character boundary.
    cursor: usize,
}

/// The visible part of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct View {
    pub shown: String,
    /// The position of the cursor in it.
    pub cursor: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self { text: Zeroizing::new(String::with_capacity(ROOM)), cursor: 0 }
    }
}

impl Line {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text, leaving the line empty.
    pub(super) fn take(&mut self) -> Zeroizing<String> {
        std::mem::take(self).text
    }

    /// The number of lines of a pasted multi-line text; `None` for a single line.
    pub(super) fn pasted_lines(&self) -> Option<usize> {
        let text = self.text.trim_end_matches('\n');
        text.contains('\n').then(|| text.lines().count())
    }

    /// Inserts text before the cursor; every line ending becomes `\n`.
    pub(super) fn insert(&mut self, text: &str) {
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let character = match character {
                '\r' if characters.peek() == Some(&'\n') => continue,
                '\r' => '\n',
                other => other,
            };
            self.text.insert(self.cursor, character);
            self.cursor += character.len_utf8();
        }
    }

    /// One character to the left.
    pub(super) fn left(&mut self) {
        self.cursor -= self.before().chars().next_back().map_or(0, char::len_utf8);
    }

    /// One character to the right.
    pub(super) fn right(&mut self) {
        self.cursor += self.text[self.cursor..].chars().next().map_or(0, char::len_utf8);
    }

    pub(super) fn home(&mut self) {
        self.cursor = 0;
    }

    pub(super) fn end(&mut self) {
        self.cursor = self.text.len();
    }

    /// Removes the character before the cursor.
    pub(super) fn backspace(&mut self) {
        let end = self.cursor;
        self.left();
        self.text.drain(self.cursor..end);
    }

    /// Removes the character under the cursor.
    pub(super) fn delete(&mut self) {
        let start = self.cursor;
        self.right();
        let end = std::mem::replace(&mut self.cursor, start);
        self.text.drain(start..end);
    }

    /// Removes the word before the cursor, and the space between.
    pub(super) fn delete_word(&mut self) {
        let end = self.cursor;
        let kept = self.before().trim_end();
        self.cursor = kept.rfind(char::is_whitespace).map_or(0, |at| at + kept[at..].chars().next().map_or(0, char::len_utf8));
        self.text.drain(self.cursor..end);
    }

    /// Removes everything before the cursor.
    pub(super) fn delete_before(&mut self) {
        self.text.drain(..self.cursor);
        self.cursor = 0;
    }

    /// Removes everything after the cursor.
    pub(super) fn delete_after(&mut self) {
        self.text.truncate(self.cursor);
    }

    /// The part that fits in `width` columns, with the cursor in it. A hidden line shows as that many asterisks.
    pub(super) fn view(&self, width: usize, hidden: bool) -> View {
        let shown = |character: char| match character {
            _ if hidden => '*',
            other if other.width().is_none() => '\u{fffd}',
            other => other,
        };
        let columns = |character: char| shown(character).width().unwrap_or(0);
        let mut start = 0;
        let mut cursor: usize = self.before().chars().map(columns).sum();
        for character in self.before().chars() {
            if cursor < width {
                break;
            }
            cursor -= columns(character);
            start += character.len_utf8();
        }
        let mut room = width;
        let fits = |character: &char| {
            let fits = columns(*character) <= room;
            room = room.saturating_sub(columns(*character));
            fits
        };
        View { shown: self.text[start..].chars().take_while(fits).map(shown).collect(), cursor }
    }

    fn before(&self) -> &str {
        &self.text[..self.cursor]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        let mut line = Line::default();
        line.insert(text);
        line
    }

    #[test]
    fn a_line_is_edited_by_characters() {
        let mut typed = line("pässwort");
        typed.home();
        typed.right();
        typed.delete();
        typed.insert("a");
        assert_eq!(typed.text(), "passwort");
        typed.end();
        typed.left();
        typed.backspace();
        assert_eq!(typed.text(), "passwot");
        typed.delete_after();
        assert_eq!(typed.text(), "passwo");
        typed.delete_before();
        assert_eq!((typed.text(), typed.cursor), ("", 0));
        typed.backspace();
        typed.delete();
        typed.left();
        typed.right();
        assert_eq!(typed.text(), "", "at the borders nothing happens");
    }

    #[test]
    fn words_go_one_by_one() {
        let mut typed = line("one twö  three ");
        typed.delete_word();
        assert_eq!(typed.text(), "one twö  ");
        typed.delete_word();
        assert_eq!(typed.text(), "one ");
        typed.delete_word();
        assert_eq!(typed.text(), "");
    }

    #[test]
    fn the_cursor_is_always_in_view() {
        let mut typed = line("0123456789");
        assert_eq!(typed.view(20, false), View { shown: "0123456789".to_owned(), cursor: 10 });
        assert_eq!(typed.view(5, false), View { shown: "6789".to_owned(), cursor: 4 });
        typed.home();
        assert_eq!(typed.view(5, false), View { shown: "01234".to_owned(), cursor: 0 });
        assert_eq!(line("日本語").view(4, false), View { shown: "語".to_owned(), cursor: 2 }, "each is two columns wide");
        assert_eq!(line("日本").view(10, true), View { shown: "**".to_owned(), cursor: 2 });
        assert_eq!(line("a\u{7}").view(10, false).shown, "a\u{fffd}", "what would ring is not sent");
    }

    #[test]
    fn several_lines_are_counted() {
        assert_eq!(line("a\r\nb\rc\n").pasted_lines(), Some(3));
        assert_eq!(line("a\n").pasted_lines(), None);
        assert_eq!(line("a\r\nb\rc").text(), "a\nb\nc");
    }
}
