//! A server as a platform: the verbs of `takk` over HTTP. Nothing of it is started where a checkout is not linked to one.

pub mod account;
mod answer;
mod cache;
mod connection;
mod convert;
mod failure;
mod job;
mod remote;
mod retry;
pub mod token;
mod version;

pub use self::answer::Answer;
pub use self::cache::clear as clear_cache;
pub use self::connection::{Connection, authorities};
pub use self::failure::{Failure, FailureKind};
pub use self::remote::Remote;
pub use self::token::TokenSource;
