//! The one binary of integration tests.

mod cli;
mod compare;
mod dotenv;
mod findings;
mod plan;
mod sample;
mod schema;
mod text;
mod why;
