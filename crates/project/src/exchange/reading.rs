//! The result of reading a file: its entries, and problems with it. Nothing in it shows a value.

use std::fmt::{self, Display, Formatter};

use rustc_hash::FxHashMap;
use zeroize::Zeroizing;

/// A variable with its value. There is no `Debug`, so that nothing prints the value by accident.
pub struct Entry {
    pub name: String,
    /// The value as text, as pydantic-settings would be given it.
    pub value: Zeroizing<String>,
    /// The line that sets it, from 1; the last one where several do.
    pub line: u32,
    /// Whether it has a `${...}` that nothing gives a value, so that there is nothing in its place.
    pub has_gap: bool,
}

/// The name of a variable and a line that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    /// The line, from 1.
    pub line: u32,
}

/// Why a part of a file, or all of it, cannot be read. Nothing of the file is in it but, at most, the name of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong, as a phrase.
    pub message: String,
}

impl Fault {
    /// The fault, in the value of that name.
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
    /// The variables in the order in which they first appear, each once.
    pub entries: Vec<Entry>,
    /// Settings of a variable that a later line of the file sets again, and that do not count.
    pub duplicates: Vec<Named>,
    /// Names without a value (`NAME` alone, `null`), which are no entries.
    pub unset: Vec<Named>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Reading {
    pub(super) fn broken(fault: Fault) -> Self {
        Self { faults: vec![fault], ..Self::default() }
    }
}

/// The variables of a file as they come. The last setting of a name counts, as in python-dotenv and in `json.loads`.
#[derive(Default)]
pub(super) struct Collected {
    settings: Vec<Setting>,
    positions: FxHashMap<String, usize>,
    duplicates: Vec<Named>,
}

/// A name as it is set so far.
struct Setting {
    name: String,
    value: Option<Zeroizing<String>>,
    line: u32,
    has_gap: bool,
}

impl Collected {
    /// Takes the next setting; `None` for a name without a value.
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

    /// Notes that the value of a name has a `${...}` without a value.
    pub(super) fn note_gap(&mut self, name: &str) {
        if let Some(&position) = self.positions.get(name) {
            self.settings[position].has_gap = true;
        }
    }

    /// What the name is set to so far: nothing at all where it stands without a value.
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

/// The line and column of a byte of a text, both from 1, the column in characters.
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
