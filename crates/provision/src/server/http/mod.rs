//! Administration over HTTP: the address of an admin, and requests with bounds on time and size.

mod address;
mod client;

pub(super) use self::address::HttpAddress;
pub(super) use self::client::{Failure, Http, Reply};
