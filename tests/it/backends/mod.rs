//! Backends of secret paths against real servers: OpenBao, and moto in the place of AWS.

mod identities;
mod moto;
mod openbao;
mod servers;
