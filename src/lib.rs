//! takk reads the pydantic settings of a Python project without running it, and says what the program needs.
//!
//! Data flows one way, and a room names only rooms on lower floors (a test enforces it):
//!
//! | floor | room | what lives there |
//! |--:|---|---|
//! | 0 | [`error`] | the one error that reaches the user |
//! | 0 | [`nearest`] | the nearest known name |
//! | 1 | [`model`] | plain values |
//! | 4 | [`plan`] | manifest × environment → plan; pure |
//! | 6 | [`ops`] | the verbs, one file each: plain options in, values out |
//! | 7 | [`ui`] | all output, one file per format |
//! | 8 | [`commands`] | one file per command |

pub mod commands;
pub mod error;
pub mod model;
pub mod nearest;
pub mod ops;
pub mod plan;
pub mod ui;
