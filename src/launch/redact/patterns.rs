//! All encodings of all values as one automaton.

use std::cmp::Reverse;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::noncontiguous::NFA;
use aho_corasick::{Anchored, MatchKind};
use zeroize::Zeroizing;

use super::forms::forms;
use takk_model::error::{Error, Result};
use takk_vault::SecretValue;

/// The values to mask, with their masks. The automaton contains the values, and lives as long as the command, like the values themselves.
///
/// The automaton is advanced byte by byte instead of being used for a search, because only its state shows after each byte how
/// much of the input may be the start of a value.
pub struct Patterns {
    automaton: NFA,
    start: StateID,
    /// For each state, the length of the longest incomplete prefix of a pattern.
    open: Vec<u32>,
    /// For each pattern, its index in `masks`.
    names: Vec<usize>,
    /// The masks, one for each name.
    masks: Vec<String>,
}

/// The end of a match in a state.
pub struct Match {
    pub length: usize,
    /// The mask to print.
    pub mask: usize,
}

impl Patterns {
    /// From values and the names that replace them. Values of less than four bytes, and words such as `true`, are not masked.
    pub fn new(values: &[(&str, &SecretValue)]) -> Result<Self> {
        let mut patterns: Vec<Zeroizing<Vec<u8>>> = Vec::new();
        let mut names = Vec::new();
        for (index, (_, value)) in values.iter().enumerate() {
            for form in forms(value.expose()) {
                patterns.push(form);
                names.push(index);
            }
        }
        let automaton =
            NFA::builder().match_kind(MatchKind::Standard).prefilter(false).build(patterns.iter().map(|form| &**form));
        let automaton = automaton.map_err(|error| Error::system("the values are too long to mask").caused_by(error))?;
        let start = automaton.start_state(Anchored::No).map_err(|error| Error::internal("no start").caused_by(error))?;
        let mut new = Self { automaton, start, open: Vec::new(), names, masks: Vec::new() };
        new.open = new.measure(&patterns);
        new.masks = values.iter().map(|(name, _)| new.mask_for(name)).collect();
        Ok(new)
    }

    /// The initial state.
    pub fn start(&self) -> StateID {
        self.start
    }

    /// The state after one more byte.
    pub fn next(&self, state: StateID, byte: u8) -> StateID {
        self.automaton.next_state(Anchored::No, state, byte)
    }

    /// How many of the last bytes may be the start of an incomplete value.
    pub fn open(&self, state: StateID) -> usize {
        self.open.get(state.as_usize()).map_or(0, |length| *length as usize)
    }

    /// The longest match that ends here; if a value has two names, the first.
    pub fn match_at(&self, state: StateID) -> Option<Match> {
        if !self.automaton.is_match(state) {
            return None;
        }
        let ids = (0..self.automaton.match_len(state)).map(|index| self.automaton.match_pattern(state, index));
        let longest = ids.max_by_key(|id| (self.automaton.pattern_len(*id), Reverse(*id)))?;
        Some(Match { length: self.automaton.pattern_len(longest), mask: self.names[longest.as_usize()] })
    }

    /// The text of a mask.
    pub fn mask(&self, mask: usize) -> &str {
        &self.masks[mask]
    }

    /// Fills `open`: within a pattern, it is the whole prefix; at its end, the value for the next shorter suffix.
    fn measure(&self, patterns: &[Zeroizing<Vec<u8>>]) -> Vec<u32> {
        let mut open: Vec<u32> = Vec::new();
        let mut ends = Vec::new();
        for pattern in patterns {
            let mut state = self.start;
            for (length, byte) in (0..).zip(pattern.iter()) {
                grow(&mut open, state, length);
                state = self.next(state, *byte);
            }
            ends.push((pattern.len(), pattern, state));
        }
        // A suffix is shorter than the text, so shorter ones come first.
        ends.sort_by_key(|(length, ..)| *length);
        for (_, pattern, state) in ends {
            if open.get(state.as_usize()).is_none_or(|length| *length == 0) {
                let ending = pattern.iter().skip(1).fold(self.start, |state, byte| self.next(state, *byte));
                let length = open.get(ending.as_usize()).copied().unwrap_or(0);
                grow(&mut open, state, length);
            }
        }
        open
    }

    /// A mask for a name that does not contain a value itself.
    fn mask_for(&self, name: &str) -> String {
        let candidates = [format!("[redacted {name}]"), "[redacted]".to_owned()];
        candidates.into_iter().find(|mask| !self.is_in(mask)).unwrap_or_else(|| "***".to_owned())
    }

    fn is_in(&self, text: &str) -> bool {
        let mut state = self.start;
        text.bytes().any(|byte| {
            state = self.next(state, byte);
            self.automaton.is_match(state)
        })
    }
}

fn grow(open: &mut Vec<u32>, state: StateID, length: u32) {
    let at = state.as_usize();
    if open.len() <= at {
        open.resize(at + 1, 0);
    }
    open[at] = length;
}
