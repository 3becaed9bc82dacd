//! Byte offsets → lines and columns.

use super::Position;

/// How many bytes one entry of the character table covers.
const BLOCK: usize = 256;

/// The line starts of one text. Finding a position takes time logarithmic in the number of lines and independent of the length of a line: a
/// lock file on a single line has as many positions as any other.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
    /// The number of characters before each block; empty for ASCII text, where bytes are characters.
    characters: Vec<usize>,
}

impl Lines {
    /// The lines of `text`.
    pub(super) fn of(text: &str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        let characters = if text.is_ascii() { Vec::new() } else { characters_before_blocks(text.as_bytes()) };
        Self { starts, characters }
    }

    /// Where each line begins; the last one may be empty.
    pub(super) fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The position of the byte at `offset` of the same text, or of its end if the offset is beyond it.
    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let start = self.starts[line];
        let column = self.characters_before(text, offset) - self.characters_before(text, start);
        Position { line: counted(line), column: counted(column) }
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let block = offset / BLOCK;
        match self.characters.get(block) {
            Some(before) => before + characters_in(&text.as_bytes()[block * BLOCK..offset]),
            None => offset,
        }
    }
}

fn characters_before_blocks(bytes: &[u8]) -> Vec<usize> {
    let mut before = 0;
    let mut table = vec![0];
    for block in bytes.chunks(BLOCK) {
        before += characters_in(block);
        table.push(before);
    }
    table
}

/// The number of characters that start in these bytes of UTF-8.
fn characters_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count()
}

/// A 0-based index as a 1-based number.
fn counted(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_counting(text: &str, offset: usize) -> Position {
        let before = &text[..offset];
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count());
        Position { line: counted(line), column: counted(column) }
    }

    #[test]
    fn every_offset_has_the_position_that_counting_gives() {
        for text in ["", "one", "one\ntwo\n", "\n\n", &"grüße, Welt\n€ ".repeat(90), &"é".repeat(700)] {
            let lines = Lines::of(text);
            for (offset, _) in text.char_indices().chain([(text.len(), ' ')]) {
                assert_eq!(lines.position(text, offset), by_counting(text, offset), "{offset} of {text:?}");
            }
        }
    }

    #[test]
    fn an_offset_beyond_the_end_is_the_end() {
        assert_eq!(Lines::of("ab\nc").position("ab\nc", 99), Position { line: 2, column: 2 });
    }
}
