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

/// The most bytes of what may be a value that are shown before it is known, where somebody waits for them.
const FRAGMENT: usize = 3;

/// Masks the values of [`Patterns`] in one stream. Time is linear in what is pushed.
pub struct Redactor<'a> {
    patterns: &'a Patterns,
    state: StateID,
    /// What was seen and not passed on, because it may belong to a value.
    held: VecDeque<u8>,
    /// How many bytes were seen before those held.
    gone: usize,
    /// How many of those held were shown early.
    shown: usize,
    /// What is to be masked among those held, from left to right, none touching another.
    spans: VecDeque<Span>,
}

/// Bytes to be masked, counted from the beginning of the stream.
struct Span {
    start: usize,
    end: usize,
    mask: usize,
}

impl<'a> Redactor<'a> {
    /// At the beginning of a stream.
    pub fn new(patterns: &'a Patterns) -> Self {
        Self { patterns, state: patterns.start(), held: VecDeque::new(), gone: 0, shown: 0, spans: VecDeque::new() }
    }

    /// Takes more bytes, and appends to `out` all that can be said now: only what may be the beginning of a value is held back.
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

    /// The stream has ended: appends what was held back.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.state = self.patterns.start();
        self.pass_on(self.gone + self.held.len(), out);
    }

    /// Whether something is held back that [`show_fragment`](Self::show_fragment) would show.
    pub fn has_fragment(&self) -> bool {
        self.spans.is_empty() && self.shown < self.held.len().min(FRAGMENT)
    }

    /// Nothing has come for a while, and somebody looks: appends up to three of the bytes that are held back, so that a prompt or
    /// an echo which ends like a value begins is seen. If they turn out to begin a value, the mask follows them.
    pub fn show_fragment(&mut self, out: &mut Vec<u8>) {
        if self.has_fragment() {
            let end = self.held.len().min(FRAGMENT);
            out.extend(self.held.range(self.shown..end));
            self.shown = end;
        }
    }

    /// One more match. It ends where the stream does, so it can only run into the last spans.
    fn add(&mut self, mut new: Span) {
        while let Some(last) = self.spans.pop_back_if(|last| last.end > new.start) {
            if last.start < new.start {
                new.start = last.start;
                new.mask = last.mask;
            }
        }
        self.spans.push_back(new);
    }

    /// Appends everything before `safe`, from where on a value may begin. A span that reaches over it waits: it may become longer.
    fn pass_on(&mut self, safe: usize, out: &mut Vec<u8>) {
        while let Some(span) = self.spans.pop_front_if(|span| span.end <= safe) {
            self.drain(span.start, |byte| out.push(byte));
            out.extend_from_slice(self.patterns.mask(span.mask).as_bytes());
            self.drain(span.end, drop);
        }
        let until = self.spans.front().map_or(safe, |span| span.start.min(safe));
        self.drain(until, |byte| out.push(byte));
    }

    /// Takes what is held up to `until`, without what was shown.
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
