//! The result of reading a file: its entries, and problems with it. Nothing in it shows a value.

use std::fmt::{self, Display, Formatter};

use rustc_hash::FxHashMap;
use zeroize::Zeroizing;

/// A variable with its value. Without `Debug`, so that no value is printed by accident.
pub struct Entry {
    pub name: String,
    /// The value as pydantic-settings would receive it.
    pub value: Zeroizing<String>,
    /// The line that sets it, counted from 1; the last one if there are several.
    pub line: u32,
    /// Whether it contains a `${...}` that is not set, which was replaced by an empty text.
    pub has_gap: bool,
}

/// The name of a variable with a line that mentions it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    /// The line, counted from 1.
    pub line: u32,
}

/// Why a file, or part of it, cannot be read. Contains nothing of the file but, at most, the name of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What is wrong, as a phrase.
    pub message: String,
}

impl Fault {
    /// Adds that the fault is in the value of that name.
    pub(super) fn about(self, name: &str) -> Self {
        Self { message: format!("in `{name}`: {}", self.message), ..self }
    }
}

impl Display for Fault {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for Fault {}

#[derive(Default)]
pub struct Reading {
    /// The variables without duplicates, in the order of their first appearance.
    pub entries: Vec<Entry>,
    /// Earlier settings of a variable that a later line overrides.
    pub duplicates: Vec<Named>,
    /// Names without a value (`NAME` alone, `null`), which are not entries.
    pub unset: Vec<Named>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Reading {
    pub(super) fn broken(fault: Fault) -> Self {
        Self { faults: vec![fault], ..Self::default() }
    }
}

/// Collects the variables of a file. The last setting of a name wins, as in python-dotenv and `json.loads`.
#[derive(Default)]
pub(super) struct Collected {
    settings: Vec<Setting>,
    positions: FxHashMap<String, usize>,
    duplicates: Vec<Named>,
}

/// The current setting of a name.
struct Setting {
    name: String,
    value: Option<Zeroizing<String>>,
    line: u32,
    has_gap: bool,
}

impl Collected {
    /// Adds a setting; `None` for a name without a value.
    pub(super) fn set(&mut self, name: String, value: Option<Zeroizing<String>>, line: u32) {
        if let Some(&position) = self.positions.get(&name) {
            let earlier = &mut self.settings[position];
            self.duplicates.push(Named { name, line: earlier.line });
            earlier.value = value;
            earlier.line = line;
            earlier.has_gap = false;
        } else {
            self.positions.insert(name.clone(), self.settings.len());
            self.settings.push(Setting { name, value, line, has_gap: false });
        }
    }

    /// Records that the value of a name contains a `${...}` that is not set.
    pub(super) fn note_gap(&mut self, name: &str) {
        if let Some(&position) = self.positions.get(name) {
            self.settings[position].has_gap = true;
        }
    }

    /// The current value of a name; `None` if it has been mentioned without one.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.positions.get(name).map(|&position| self.settings[position].value.as_ref().map_or("", |value| value.as_str()))
    }

    pub(super) fn finish(self, faults: Vec<Fault>) -> Reading {
        let mut reading = Reading { duplicates: self.duplicates, faults, ..Reading::default() };
        for Setting { name, value, line, has_gap } in self.settings {
            match value {
                Some(value) => reading.entries.push(Entry { name, value, line, has_gap }),
                None => reading.unset.push(Named { name, line }),
            }
        }
        reading
    }
}

/// The line and column of a byte offset, both counted from 1, the column in characters.
pub(super) fn place(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..text.floor_char_boundary(at)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    (number(line), number(before[line_start..].chars().count() + 1))
}

/// A count as `u32`; no file has more lines than that.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
