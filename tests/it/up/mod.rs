//! `takk up`: the servers and the engine that its tests run on.

mod logins;
mod servers;
mod started;
