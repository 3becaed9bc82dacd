//! The text of a project file that is not Python: its encoding, its lines, its merge conflicts, and TOML that survives mistakes.
//!
//! Nothing here fails. What is wrong comes back as [`Fault`]s beside whatever could still be read, and every position is found
//! in constant time, so that a file costs what its length costs.

mod conflict;
pub mod data;
mod lines;
mod text;
pub mod toml;

pub use text::{Fault, Text};

/// A position in a text; both parts count from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}
