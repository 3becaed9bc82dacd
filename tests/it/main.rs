//! Tests of the crate from outside, in one binary.
//! All integration tests are one binary: it links once.

mod catalog;
mod floors;
mod install;
mod links;
mod python;
mod shop;
