//! The text of a project file that is not Python: its encoding, its lines, its merge conflicts, dotenv files, and a TOML parser that
//! recovers from errors.
//!
//! Nothing here fails. Problems are returned as [`Fault`]s together with whatever could be read, and every position is found in constant
//! time, so that the cost of a file is linear in its length.

mod conflict;
pub mod data;
pub mod dotenv;
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
