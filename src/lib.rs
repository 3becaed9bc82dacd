//! takk reads the pydantic settings of a Python project without running it, and says what the program needs.
//!
//! Data flows one way, and a room names only rooms on lower floors (a test enforces it):
//!
//! | floor | room | what lives there |
//! |--:|---|---|
//! | 0 | [`error`] | the one error that reaches the user |
//! | 1 | [`document`] | the text of a project file: its encoding, its lines, its merge conflicts, TOML that survives mistakes |
//! | 1 | [`model`] | plain values |
//! | 2 | [`config`] | takk's own settings |
//! | 2 | [`packages`] | pyproject and lock files: packages, versions, places |

pub mod config;
pub mod document;
pub mod error;
pub mod model;
pub mod packages;
