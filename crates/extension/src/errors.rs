//! Failures as exceptions of `takk.runtime`, and back.

use std::time::Duration;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use takk_backends::{Error, ErrorKind};

static MADE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// A failure as custom backends return it: its kind, message, hints, and how long to wait.
pub(crate) type Parts = (String, String, Vec<String>, Option<f64>);

/// The result of calling the program for a text.
#[derive(FromPyObject)]
pub(crate) enum Given {
    Text(String),
    Failed(Parts),
}

/// The exception for a failure. `subject` says what it is about, in front of its message.
pub(crate) fn exception(py: Python<'_>, error: &Error, subject: &str) -> PyErr {
    match made(py, error, subject) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

/// The same as an object.
pub(crate) fn made<'py>(py: Python<'py>, error: &Error, subject: &str) -> PyResult<Bound<'py, PyAny>> {
    let make = MADE
        .get_or_try_init(py, || -> PyResult<Py<PyAny>> { Ok(py.import("takk.runtime._errors")?.getattr("made")?.unbind()) })?;
    let wait = error.wait().map(|wait| wait.as_secs_f64());
    make.bind(py).call1((word(error.kind()), error.message(), error.hints().to_vec(), wait, subject))
}

/// The failure of a custom backend.
pub(crate) fn of_parts((kind, message, hints, wait): Parts) -> Error {
    let kind = match kind.as_str() {
        "missing_variable" => ErrorKind::MissingContextVariable,
        "not_found" => ErrorKind::SecretNotFound,
        "auth" => ErrorKind::Auth,
        "transient" => ErrorKind::Transient,
        _ => ErrorKind::Config,
    };
    let error = Error::new(kind, message).retry_after(wait.and_then(|wait| Duration::try_from_secs_f64(wait).ok()));
    hints.into_iter().fold(error, Error::hint)
}

fn word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Config => "config",
        ErrorKind::MissingContextVariable => "missing_variable",
        ErrorKind::SecretNotFound => "not_found",
        ErrorKind::Auth => "auth",
        ErrorKind::Transient => "transient",
    }
}
