//! Accounts on servers of NATS that exist.

mod admin;
mod foreign;
mod full;
mod killed;
mod server;
mod story;
mod team;
mod temporary;
