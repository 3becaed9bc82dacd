//! The names by which classes are looked for in texts.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::python::scan::is_word;

/// Names, ready to be searched for.
pub struct ClassNames {
    names: BTreeSet<String>,
    search: Option<AhoCorasick>,
}

impl ClassNames {
    /// Those of a list.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let names: BTreeSet<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        // Of two names that begin alike the longer one is found.
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&names).ok();
        Self { names, search }
    }

    /// Whether a name is one of them.
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether a text has one of them as a word.
    pub fn are_in(&self, text: &[u8]) -> bool {
        self.spots(text).next().is_some()
    }

    /// Where they stand in a text.
    pub(super) fn spots<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = u32> + 't {
        let is_whole = |start: usize, end: usize| {
            (start == 0 || !is_word(text[start - 1])) && text.get(end).is_none_or(|byte| !is_word(*byte))
        };
        let hits = self.search.iter().flat_map(move |search| search.find_iter(text));
        hits.filter(move |hit| is_whole(hit.start(), hit.end())).filter_map(|hit| u32::try_from(hit.start()).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_found() {
        let names = ClassNames::new(["Settings".to_owned(), "SettingsBase".to_owned()]);
        let text = b"Settings() AppSettings SettingsBase Settings2 x.Settings";
        assert_eq!(names.spots(text).collect::<Vec<_>>(), [0, 23, 48]);
        assert!(!ClassNames::new([]).are_in(text));
    }
}
