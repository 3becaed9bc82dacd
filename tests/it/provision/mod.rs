//! `takk provision`: databases and other resources on real servers that exist, by administrators with the least rights.

mod admin;
mod aws;
mod certificate;
mod dashboard;
mod foreign;
mod full;
mod keys;
mod killed;
mod mariadb;
mod rabbitmq;
mod redis;
mod seed;
pub(crate) mod server;
mod sessions;
mod story;
mod swept;
mod team;
mod temporary;
