//! `takk provision`: databases on servers of PostgreSQL 14, 17 and 18 that exist, by an admin with `CREATEROLE` and `CREATEDB` alone.

mod admin;
mod dashboard;
mod foreign;
mod full;
mod killed;
mod seed;
pub(crate) mod server;
mod story;
mod swept;
mod team;
mod temporary;
