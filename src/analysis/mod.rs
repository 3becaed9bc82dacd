//! Facts → the manifest and what is to be said about it. No I/O: files come in through [`crate::python::Loader`].

mod gather;
pub mod notes;
mod secret_model;
pub mod settings;

pub use gather::{Gathered, Input, gather};
