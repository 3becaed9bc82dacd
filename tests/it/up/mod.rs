//! `takk up`: the servers and the engine that its tests run on.

mod api;
mod disturbed;
mod engine;
mod failures;
mod harness;
mod images;
mod interrupted;
mod killed;
mod live;
mod logins;
pub(crate) mod mysql;
pub(crate) mod project;
mod pulls;
mod root;
pub(crate) mod servers;
mod shop;
pub(crate) mod started;
mod story;
mod stub;
