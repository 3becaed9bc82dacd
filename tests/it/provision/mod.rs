//! `takk provision`: databases on servers of PostgreSQL 14, 17 and 18 that exist, by an admin with `CREATEROLE` and `CREATEDB` alone; and on
//! [MariaDB](mariadb) and [Redis](redis).

mod admin;
mod certificate;
mod foreign;
mod full;
mod killed;
mod mariadb;
mod redis;
mod server;
mod story;
mod temporary;
