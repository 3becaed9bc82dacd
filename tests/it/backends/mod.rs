//! Backends of secret paths against real servers: `OpenBao`, and moto in place of AWS.

mod command_line;
mod identities;
mod moto;
mod openbao;
pub(crate) mod servers;
