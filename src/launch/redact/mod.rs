//! Redacts values in a stream of bytes, in chunks of any size.
//!
//! Every byte of an encoded value is masked, even if two of them overlap: they become one mask, with the name of the one that begins first,
//! or of the longer one. (Masking only the first would leave the end of the second readable.) `[redacted NAME]` stands for the value of
//! `NAME`. Not masked are values of less than four bytes, words such as `true`, anything that a program computes from a value in another
//! way, and a value that it prints in pieces with something in between.

mod encode;
mod forms;
mod patterns;

use std::collections::VecDeque;

use aho_corasick::automaton::StateID;

pub use patterns::Patterns;

/// The maximum number of bytes of a possible value that are shown early on a terminal.
const FRAGMENT: usize = 3;

/// Masks the values of [`Patterns`] in one stream, in time linear in its length.
pub struct Redactor<'a> {
    patterns: &'a Patterns,
    state: StateID,
    /// Bytes that are held back because they may belong to a value.
    held: VecDeque<u8>,
    /// How many bytes preceded those held.
    gone: usize,
    /// How many of those held were shown early.
    shown: usize,
    /// The spans to mask among those held, sorted and disjoint.
    spans: VecDeque<Span>,
}

/// A range of bytes to mask, counted from the beginning of the stream.
struct Span {
    start: usize,
    end: usize,
    mask: usize,
}

impl<'a> Redactor<'a> {
    /// Starts a stream.
    pub fn new(patterns: &'a Patterns) -> Self {
        Self { patterns, state: patterns.start(), held: VecDeque::new(), gone: 0, shown: 0, spans: VecDeque::new() }
    }

    /// Takes more bytes, and appends everything to `out` except what may be the beginning of a value.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let seen = self.gone + self.held.len();
        self.held.extend(chunk);
        for (position, byte) in (seen + 1..).zip(chunk) {
            self.state = self.patterns.next(self.state, *byte);
            if let Some(found) = self.patterns.match_at(self.state) {
                self.add(Span { start: position - found.length, end: position, mask: found.mask });
            }
        }
        self.pass_on(seen + chunk.len() - self.patterns.open(self.state), out);
    }

    /// Ends the stream, and appends what was held back.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.state = self.patterns.start();
        self.pass_on(self.gone + self.held.len(), out);
    }

    /// Whether anything is held back that [`show_fragment`](Self::show_fragment) would show.
    pub fn has_fragment(&self) -> bool {
        self.spans.is_empty() && self.shown < self.held.len().min(FRAGMENT)
    }

    /// To be called if nothing has arrived for a while on a terminal: appends up to three of the bytes that are held back, so that a prompt
    /// or an echo which ends like the beginning of a value is visible. If they turn out to be part of a value, the mask follows them.
    pub fn show_fragment(&mut self, out: &mut Vec<u8>) {
        if self.has_fragment() {
            let end = self.held.len().min(FRAGMENT);
            out.extend(self.held.range(self.shown..end));
            self.shown = end;
        }
    }

    /// Adds a match. It ends at the end of the stream, so it can only overlap the last spans.
    fn add(&mut self, mut new: Span) {
        while let Some(last) = self.spans.pop_back_if(|last| last.end > new.start) {
            if last.start < new.start {
                new.start = last.start;
                new.mask = last.mask;
            }
        }
        self.spans.push_back(new);
    }

    /// Appends everything before `safe`, from where on a value may begin. A span that reaches beyond it waits, because it may grow.
    fn pass_on(&mut self, safe: usize, out: &mut Vec<u8>) {
        while let Some(span) = self.spans.pop_front_if(|span| span.end <= safe) {
            self.drain(span.start, |byte| out.push(byte));
            out.extend_from_slice(self.patterns.mask(span.mask).as_bytes());
            self.drain(span.end, drop);
        }
        let until = self.spans.front().map_or(safe, |span| span.start.min(safe));
        self.drain(until, |byte| out.push(byte));
    }

    /// Takes the held bytes up to `until`, except those that were already shown.
    fn drain(&mut self, until: usize, mut take: impl FnMut(u8)) {
        let count = until - self.gone;
        let shown = self.shown.min(count);
        self.held.drain(..count).skip(shown).for_each(&mut take);
        self.gone = until;
        self.shown -= shown;
    }
}

#[cfg(test)]
mod tests;
