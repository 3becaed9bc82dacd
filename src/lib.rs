//! takk reads the pydantic settings of a Python project without running it, and says what the program needs.
//!
//! Data flows one way, and a room names only rooms on lower floors (a test enforces it):
//!
//! | floor | room | what lives there |
//! |--:|---|---|
//! | 0 | [`error`] | the one error that reaches the user |
//! | 1 | [`model`] | plain values |
//! | 1 | [`catalog`] | what takk knows, as data: resource kinds, components, version rules |

pub mod catalog;
pub mod error;
pub mod model;
