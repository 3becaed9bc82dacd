//! takk reads the pydantic settings of a Python project without running it, and says what the program needs.
//!
//! This package is the command line. What it does is in the crates beside it, which `docs/architecture.md` draws:
//! `takk-project` has the verbs, `takk-analysis` reads the code, `takk-vault` keeps values, `takk-server` is `takk serve`.
//!
//! | module | what lives there |
//! |---|---|
//! | [`commands`] | one file per command: what is asked, as options |
//! | [`launch`] | a command, run with variables |
//! | [`ui`] | all output |
//!
//! `main.rs` is parse, run, exit code.

pub mod commands;
pub mod launch;
pub mod ui;
