//! A problem with a file that is not Python: a lock, `pyproject.toml`, takk's own settings.

use super::Place;

/// Which sort of trouble it is; the analysis gives each a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The file cannot be read, is not text, or breaks its format.
    BrokenFile,
    /// The file still has both sides of a merge.
    MergeConflict,
    /// A line or entry that is no requirement.
    BadRequirement,
    /// A file that another one includes is not there.
    MissingInclude,
    /// A setting of takk that is unknown or has a value it cannot have.
    BadSetting,
    /// An environment that is named and not declared.
    UnknownEnvironment,
}

/// One observation about such a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// One sentence without a full stop, in lower case.
    pub message: String,
    /// How to fix it, as one sentence.
    pub help: String,
    /// Which sort it is.
    pub kind: ProblemKind,
}

impl Problem {
    /// A problem from its parts.
    pub fn new(kind: ProblemKind, place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { place, message: message.into(), help: help.into(), kind }
    }
}
