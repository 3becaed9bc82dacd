//! All integration tests are one binary: it links once.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "tests ask how they are run, and say what they skip")]

mod bad_input;
mod base;
mod catalog;
mod cli;
mod client;
mod clock;
mod compare;
mod confirmed;
mod differential;
mod dotenv;
mod exchange;
mod findings;
mod floors;
mod formats;
mod hostile;
mod install;
mod keeping;
mod keyring;
mod launch;
mod links;
mod made_up;
mod nested_values;
mod plan;
mod process;
mod python;
mod regressions;
mod rules;
mod sample;
mod samples;
mod schema;
mod secrets;
mod seeds;
mod server;
mod shop;
mod store;
mod story;
mod terminal;
mod text;
mod transfer;
mod trust;
mod values;
mod vault;
mod why;
