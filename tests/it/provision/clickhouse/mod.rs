//! ClickHouse: by the engine of chDB, behind the HTTP interface of the server.

mod foreign;
mod full;
mod killed;
mod server;
mod story;
mod team;
mod temporary;
