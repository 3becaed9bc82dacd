//! Retries, whose decisions a program may make.

use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use takk_backends::{Backoff, Error, IsRetryable, OnRetry, RetryPolicy, Retrying};

use super::backend::{Backend, made as backend};
use super::errors::made;

/// Retries `inner` after a failure that `is_retryable`. Times are in seconds.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "they are those of `RetryingBackend`")]
pub(crate) fn retrying(
    py: Python<'_>,
    inner: &Backend,
    max_attempts: u32,
    base_delay: f64,
    max_delay: f64,
    total_timeout: Option<f64>,
    jitter: bool,
    is_retryable: Option<Py<PyAny>>,
    backoff: Option<Py<PyAny>>,
    on_retry: Option<Py<PyAny>>,
) -> PyResult<Backend> {
    let policy = RetryPolicy {
        max_attempts,
        base_delay: seconds(base_delay),
        max_delay: seconds(max_delay),
        total_timeout: total_timeout.map(seconds),
        jitter,
        is_retryable: is_retryable.map(asks),
        backoff: backoff.map(waits),
        on_retry: on_retry.map(tells),
    };
    backend(py, Retrying::new(Arc::clone(&inner.inner), policy))
}

/// Negative numbers and NaN count as zero, and too large numbers as forever.
fn seconds(seconds: f64) -> Duration {
    let longest = if seconds > 0.0 { Duration::MAX } else { Duration::ZERO };
    Duration::try_from_secs_f64(seconds).unwrap_or(longest)
}

/// Calls a callback of the program. Its exceptions are reported like Python's unraisable ones.
fn called<T>(otherwise: T, call: impl FnOnce(Python<'_>) -> PyResult<T>) -> T {
    Python::attach(|py| {
        call(py).unwrap_or_else(|error| {
            error.write_unraisable(py, None);
            otherwise
        })
    })
}

fn asks(is_retryable: Py<PyAny>) -> IsRetryable {
    Arc::new(move |error: &Error| called(false, |py| is_retryable.bind(py).call1((made(py, error, "")?,))?.is_truthy()))
}

fn waits(backoff: Py<PyAny>) -> Backoff {
    Arc::new(move |attempt| called(Duration::ZERO, |py| Ok(seconds(backoff.bind(py).call1((attempt,))?.extract()?))))
}

fn tells(on_retry: Py<PyAny>) -> OnRetry {
    Arc::new(move |attempt, error: &Error, delay| {
        called((), |py| {
            let error = made(py, error, "")?;
            on_retry.bind(py).call1((attempt, error, delay.as_secs_f64())).map(drop)
        });
    })
}
