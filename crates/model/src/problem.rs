//! A problem with a file that is not Python: a lock, `pyproject.toml`, takk's own settings.

use super::Place;

/// The kind of problem; the analysis assigns each kind a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The file cannot be read, is not text, or breaks its format.
    BrokenFile,
    /// The file contains conflict markers of a merge.
    MergeConflict,
    /// A line or entry is not a valid requirement.
    BadRequirement,
    /// A file includes another one that does not exist.
    MissingInclude,
    /// A setting of takk is unknown or has an invalid value.
    BadSetting,
    /// An environment is mentioned but not declared.
    UnknownEnvironment,
}

/// A problem in a file of packages or settings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// One sentence without a full stop, in lower case.
    pub message: String,
    /// How to fix it, as one sentence.
    pub help: String,
    /// The kind of problem.
    pub kind: ProblemKind,
}

impl Problem {
    /// A problem from its parts.
    pub fn new(kind: ProblemKind, place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { place, message: message.into(), help: help.into(), kind }
    }
}
