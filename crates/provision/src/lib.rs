//! Runs the servers that a program needs: over the API of a container engine, or as processes of this machine. It does not know
//! stores or projects: callers pass in what to create, with which credentials, and it reports what exists.

mod blueprint;
mod choose_ports;
pub mod copy;
mod create;
mod disk;
pub mod engine;
mod ledger;
pub mod local;
pub mod login;
mod name;
mod ports;
pub mod provider;
mod provisioner;
pub mod server;
mod sigv4;

pub use blueprint::{Blueprint, credentials};
pub use create::{check, create, prepare};
pub use ledger::{DataCopy, Entry, HOST, Lease, State, key};
pub use name::Owner;
pub use ports::{Ports, is_free};
pub use provisioner::{Journal, MakesText, Phase, Provisioner, Status};
