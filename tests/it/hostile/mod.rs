//! A repository, a server and a name are not trusted: takk in front of those that were made to hurt.

mod deep;
mod git;
mod harness;
mod names;
mod read;
mod server;
mod terminal;
mod written;
