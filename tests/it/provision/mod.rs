//! `takk provision`: databases and other resources on real servers that exist, by administrators with the least rights.

mod admin;
mod aws;
mod dashboard;
mod foreign;
mod full;
mod killed;
mod rabbitmq;
mod seed;
pub(crate) mod server;
mod story;
mod swept;
mod team;
mod temporary;
