//! Databases on a server of MariaDB that exists.

mod admin;
mod copied;
mod foreign;
mod full;
mod killed;
pub(super) mod server;
mod story;
mod temporary;
