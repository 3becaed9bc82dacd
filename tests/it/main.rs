//! All integration tests are one binary: it links once.

mod floors;
mod links;
mod python;
mod shop;
