//! All integration tests are one binary: it links once.

mod floors;
mod install;
mod links;
mod python;
mod shop;
