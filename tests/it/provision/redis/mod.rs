//! Users on a server of Redis that exists.

mod admin;
mod foreign;
mod full;
mod killed;
mod server;
mod story;
