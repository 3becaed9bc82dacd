//! A server as a platform: the verbs of `takk` over HTTP. Starts nothing unless a checkout is linked to a server.

pub mod account;
mod answer;
mod cache;
mod connection;
mod convert;
mod failure;
mod job;
mod remote;
mod resources;
mod retry;
pub mod token;
mod version;

pub use self::answer::Answer;
pub use self::cache::clear as clear_cache;
pub use self::connection::{Connection, authorities};
pub use self::failure::{Failure, FailureKind};
pub use self::remote::Remote;
pub use self::token::TokenSource;
