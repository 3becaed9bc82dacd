//! Opens the files of the listing, with their places and their problems as text.

use std::collections::BTreeSet;
use std::io;

use super::Listing;
use takk_document::{Fault, Position, Text};
use takk_model::{Place, Problem, ProblemKind};

/// The listing with its paths in order.
pub(super) struct Files<'a> {
    paths: BTreeSet<&'a str>,
    read: &'a dyn Fn(&str) -> io::Result<Vec<u8>>,
}

impl<'a> Files<'a> {
    /// The files of `listing`.
    pub(super) fn of(listing: &Listing<'a>) -> Self {
        Self { paths: listing.files.iter().map(String::as_str).collect(), read: listing.read }
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &'a str> {
        self.paths.iter().copied()
    }

    /// The content of a file of the listing. `None` if there is no such file, or, with a problem, if it cannot be read.
    pub(super) fn bytes(&self, path: &str, problems: &mut Vec<Problem>) -> Option<Vec<u8>> {
        debug_assert!(super::is_used(path), "nobody lists {path}, because `is_used` does not know it");
        if !self.paths.contains(path) {
            return None;
        }
        match (self.read)(path) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let message = format!("cannot read {path}: {error}");
                let help = "make the file readable, or exclude it".to_owned();
                problems.push(Problem::new(ProblemKind::BrokenFile, Place::new(path, 1, 1), message, help));
                None
            }
        }
    }

    /// The content of a file that another one includes, whether or not it is in the listing.
    pub(super) fn included(&self, path: &str) -> io::Result<Vec<u8>> {
        (self.read)(path)
    }
}

/// A file that was read.
pub(super) struct File<'b> {
    /// Its path, relative to the root.
    pub(super) path: String,
    pub(super) text: Text<'b>,
}

impl<'b> File<'b> {
    /// The file at `path` with that content.
    pub(super) fn new(path: impl Into<String>, bytes: &'b [u8]) -> Self {
        Self { path: path.into(), text: Text::decode(bytes) }
    }

    /// The place of the byte at `offset`.
    pub(super) fn place(&self, offset: usize) -> Place {
        self.place_of(self.text.position(offset))
    }

    /// Reports what is wrong with the file, both as text and in its format; `tool` is the command that regenerates it.
    pub(super) fn report(&self, syntax: Option<Fault>, tool: Option<&str>, problems: &mut Vec<Problem>) {
        let syntax = syntax.filter(|_| !self.text.has_conflict());
        problems.extend(self.text.faults().iter().cloned().chain(syntax).map(|fault| self.problem(&fault, tool)));
    }

    fn place_of(&self, position: Position) -> Place {
        Place::new(self.path.clone(), position.line, position.column)
    }

    fn problem(&self, fault: &Fault, tool: Option<&str>) -> Problem {
        let (kind, help) = match (fault, tool) {
            (Fault::Encoding(_), _) => (ProblemKind::BrokenFile, "save the file as UTF-8; takk read the rest of it".to_owned()),
            (Fault::MergeConflict(_), Some(tool)) => {
                (ProblemKind::MergeConflict, format!("resolve them and run `{tool}`; until then, takk uses the first side"))
            }
            (Fault::MergeConflict(_), None) => {
                (ProblemKind::MergeConflict, "resolve them; until then, takk uses the first side".to_owned())
            }
            (Fault::Syntax(..), Some(tool)) => {
                (ProblemKind::BrokenFile, format!("run `{tool}` to regenerate it; takk used what it could read"))
            }
            (Fault::Syntax(..), None) => {
                (ProblemKind::BrokenFile, "correct this line; takk used what it could read".to_owned())
            }
        };
        Problem::new(kind, self.place_of(fault.position()), fault.message(&self.path), help)
    }
}
