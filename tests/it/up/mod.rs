//! `takk up`: the servers and the engine that its tests run on.

mod servers;
