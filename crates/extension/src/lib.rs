//! `takk._native`: what of `takk.runtime` must be fast or must wait without the interpreter's lock.
//!
//! Reads, their cache, single flight, expiry and batches are `takk-backends`'; this crate gives them to Python. What knows pydantic or
//! Python types (casts, transforms, models) is in `python/takk/runtime`. Whatever may wait does so detached from the interpreter.

#![expect(clippy::needless_pass_by_value, reason = "what Python passes is made for the call, and belongs to it")]

mod backend;
mod bridge;
mod cache;
mod errors;
mod field;
mod interrupt;
mod paths;
mod process;
mod remote;
mod retry;

use pyo3::prelude::*;

/// Notes that this process is the child of a fork; `os.register_at_fork` calls it first.
#[pyfunction]
fn after_fork() {
    takk_backends::after_fork();
}

#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use super::after_fork;
    #[pymodule_export]
    use super::backend::{Backend, chain, env};
    #[pymodule_export]
    use super::bridge::bridge;
    #[pymodule_export]
    use super::cache::{Cache, Read};
    #[pymodule_export]
    use super::field::{Field, Slots};
    #[pymodule_export]
    use super::paths::{check_template, interpolate, placeholders};
    #[pymodule_export]
    use super::remote::{backend_from_env, backend_from_project, dotenv, ssm, vault};
    #[pymodule_export]
    use super::retry::retrying;
}
