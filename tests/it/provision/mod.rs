//! `takk provision`: databases and other resources on real servers that exist, by administrators with the least rights.

mod admin;
mod adverse;
mod aws;
mod certificate;
mod cure;
mod copied;
mod clickhouse;
mod dashboard;
mod extensions;
mod foreign;
mod full;
mod keys;
mod killed;
mod live;
mod mariadb;
mod mysql;
mod nats;
mod openbao;
mod opensearch;
mod rabbitmq;
mod redis;
mod seed;
pub(crate) mod server;
mod story;
mod swept;
mod team;
mod temporary;
