//! `takk up`: the servers and the engine that its tests run on.

mod api;
mod engine;
mod harness;
mod images;
mod root;
mod servers;
mod stub;
