//! takk reads the pydantic settings of a Python project without running it, and says what the program needs.
//!
//! Data flows one way, and a room names only rooms on lower floors (a test enforces it):
//!
//! | floor | room | what lives there |
//! |--:|---|---|
//! | 0 | [`error`] | the one error that reaches the user |
//! | 1 | [`model`] | plain values |

pub mod error;
pub mod model;
