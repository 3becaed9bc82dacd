//! All integration tests are one binary: it links once.

mod catalog;
mod cli;
mod compare;
mod differential;
mod dotenv;
mod findings;
mod floors;
mod install;
mod links;
mod plan;
mod python;
mod sample;
mod schema;
mod shop;
mod text;
mod why;
