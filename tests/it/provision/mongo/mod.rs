//! MongoDB: by a local server that has its protocol and commands as the manual documents them, read and written by PyMongo's `bson`.

mod foreign;
mod full;
mod killed;
mod server;
mod story;
mod team;
