//! The names to search for in texts to find uses of a class.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memmem;

use crate::scan::is_word;

/// Names with the automata that search for them.
#[derive(Default)]
pub struct ClassNames {
    names: BTreeSet<String>,
    /// One automaton for each set that was added, because building one takes longer than searching a small project.
    searches: Vec<AhoCorasick>,
}

impl ClassNames {
    /// Names to search for in a few texts.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self::searched_by(names, Some(AhoCorasickKind::ContiguousNFA))
    }

    /// Names to search for in many texts: the automaton takes longer to build, but searches faster.
    pub fn for_many(names: impl IntoIterator<Item = String>) -> Self {
        Self::searched_by(names, None)
    }

    fn searched_by(names: impl IntoIterator<Item = String>, kind: Option<AhoCorasickKind>) -> Self {
        let names: BTreeSet<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        // If one name is a prefix of another, the longer one matches.
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).kind(kind).build(&names).ok();
        Self { searches: search.into_iter().filter(|_| !names.is_empty()).collect(), names }
    }

    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.names.extend(others.names);
        self.searches.extend(others.searches);
        self
    }

    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether a text contains one of them as a word.
    pub fn are_in(&self, text: &[u8]) -> bool {
        self.spots(text).next().is_some()
    }

    /// Whether a text uses one of them other than as the type of a parameter, variable or result. Where types matter (those of
    /// fields, and those that a framework instantiates), every occurrence counts.
    pub fn matter_in(&self, text: &[u8]) -> bool {
        let mut spots = self.spots(text).filter(|spot| !is_imported(text, *spot as usize)).peekable();
        if spots.peek().is_none() {
            return false;
        }
        let types_matter =
            ["BaseModel", "BaseSettings", "Depends()"].iter().any(|word| memmem::find(text, word.as_bytes()).is_some());
        types_matter || spots.any(|spot| !is_type(text, spot as usize))
    }

    /// The offsets at which they occur in a text.
    pub(super) fn spots<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = u32> + 't {
        let is_whole = |start: usize, end: usize| {
            (start == 0 || !is_word(text[start - 1])) && text.get(end).is_none_or(|byte| !is_word(*byte))
        };
        let hits = self.searches.iter().flat_map(move |search| search.find_iter(text));
        hits.filter(move |hit| is_whole(hit.start(), hit.end())).filter_map(|hit| u32::try_from(hit.start()).ok())
    }
}

/// Whether a name is in an import statement that does not rename it. An import that contains a comment is not recognized.
fn is_imported(text: &[u8], spot: usize) -> bool {
    const LONGEST: usize = 4_096;
    let end = spot + text[spot..].iter().take_while(|byte| is_word(**byte)).count();
    if text[end..].trim_ascii_start().starts_with(b"as ") {
        return false;
    }
    let from = spot.saturating_sub(LONGEST);
    let Some(at) = memmem::rfind(&text[from..spot], b"import") else { return false };
    let between = &text[from + at + 6..spot];
    let mut is_open = false;
    between.iter().all(|byte| {
        is_open |= *byte == b'(' || *byte == b'\\';
        is_word(*byte)
            || matches!(byte, b' ' | b'\t' | b',' | b'(' | b'.' | b'\\')
            || (is_open && matches!(byte, b'\n' | b'\r'))
    })
}

/// Whether a name is a whole type annotation: `settings: Settings`, `-> Settings:`.
fn is_type(text: &[u8], spot: usize) -> bool {
    let before = text[..spot].trim_ascii_end();
    let end = spot + text[spot..].iter().take_while(|byte| is_word(**byte)).count();
    let after = text[end..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
    if !matches!(after, None | Some(b',' | b')' | b'=' | b':' | b'\n' | b'\r' | b'|' | b'#')) {
        return false;
    }
    if before.ends_with(b"->") {
        return true;
    }
    // In a dictionary, a class may also follow a colon, after a string or a dotted name.
    let Some(target) = before.strip_suffix(b":") else { return false };
    let name = target.iter().rev().take_while(|byte| is_word(**byte)).count();
    let around = target[..target.len() - name].trim_ascii_end().last();
    let of_self = target[..target.len() - name].ends_with(b"self.");
    name > 0 && (of_self || around.is_none_or(|byte| !matches!(byte, b'.' | b'{')))
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
        let both = ClassNames::new(["SettingsBase".to_owned()]).and(ClassNames::new(["Settings".to_owned()]));
        let mut spots: Vec<u32> = both.spots(text).collect();
        spots.sort_unstable();
        assert_eq!(spots, [0, 23, 48]);
        assert!(both.contains("Settings") && both.contains("SettingsBase"));
    }

    #[test]
    fn types_and_imports_do_not_matter() {
        let names = ClassNames::new(["Settings".to_owned()]);
        let matters = |text: &str| names.matter_in(text.as_bytes());
        for text in [
            "from a import (\n    B,\n    Settings,\n)\n",
            "def f(a: Settings, b: Settings = None) -> Settings:\n    pass\n",
            "self.settings: Settings = settings\n",
        ] {
            assert!(!matters(text), "{text}");
        }
        for text in [
            "import b\nSettings()\n",
            "from a import Settings as S\n",
            "x = {'a': Settings, E.B: Settings}\n",
            "f(Settings)",
            "return Settings\n",
            "class A(BaseModel):\n    a: Settings\n",
            "def f(a: Settings = Depends()): ...",
            "make = lambda: Settings()\n",
            "X: list[Settings] = [Settings]\n",
        ] {
            assert!(matters(text), "{text}");
        }
    }
}
