//! takk reads the pydantic settings of a Python project without running it, and says what the program needs.
//!
//! This package is the command line. The crates beside it do the work; `docs/architecture.md` has a diagram of them: `takk-project` has the
//! verbs, `takk-analysis` reads the code, `takk-vault` stores values, `takk-server` is `takk serve`, and `takk-dashboard` its pages.
//!
//! | module | contents |
//! |---|---|
//! | [`commands`] | one file per command: its options |
//! | [`launch`] | runs a command with variables |
//! | [`ui`] | all output |
//!
//! `main.rs` is parse, run, exit code.

pub mod commands;
pub mod launch;
pub mod ui;
