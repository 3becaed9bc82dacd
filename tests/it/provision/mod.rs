//! `takk provision`: databases on servers of PostgreSQL 14, 17 and 18 that exist, by an admin with `CREATEROLE` and `CREATEDB` alone.

mod admin;
mod foreign;
mod full;
mod keys;
mod killed;
mod server;
mod story;
mod temporary;
