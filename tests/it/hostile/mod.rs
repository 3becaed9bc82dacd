//! Untrusted repositories, servers and names: takk with inputs that were made to attack it.

mod deep;
mod git;
mod harness;
mod names;
mod read;
mod server;
mod terminal;
mod written;
