//! takk reads the pydantic settings of a Python project without running it, and says what the program needs.
//!
//! Data flows one way, and a room names only rooms on lower floors (a test enforces it):
//!
//! | floor | room | what lives there |
//! |--:|---|---|
//! | 0 | [`error`] | the one error that reaches the user |
//! | 1 | [`model`] | plain values |
//! | 1 | [`catalog`] | what takk knows of resources and components, as data |
//! | 2 | [`source`] | the only reader of the project's files |
//! | 2 | [`python`] | text → facts, and a name → its definition in another module |
//! | 3 | [`analysis`] | facts → the manifest and the findings |

pub mod analysis;
pub mod catalog;
pub mod error;
pub mod model;
pub mod python;
pub mod source;
