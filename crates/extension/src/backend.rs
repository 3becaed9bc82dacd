//! Backends as Python has them: handles that `takk.runtime` wraps in its classes.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use takk_backends::{Chain, Deadline, Env, Error, Key};

use super::errors::exception;
use super::interrupt::waiting;
use super::process;

/// A backend that secrets are read from.
#[pyclass(frozen, module = "takk._native")]
pub(crate) struct Backend {
    pub(crate) inner: Arc<dyn takk_backends::Backend>,
}

impl Backend {
    pub(crate) fn new(inner: impl takk_backends::Backend + 'static) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

#[pymethods]
impl Backend {
    /// Its name in messages. It contains no secret.
    #[getter]
    fn name(&self, py: Python<'_>) -> String {
        py.detach(|| self.inner.name())
    }

    /// Reads one secret, bypassing every cache.
    #[pyo3(signature = (path, version=None))]
    fn get<'py>(&self, py: Python<'py>, path: &str, version: Option<&str>) -> PyResult<Bound<'py, PyString>> {
        let key = Key::pinned(path, version);
        let fetched = waiting(py, || self.inner.fetch(&key, Deadline::NONE))?;
        let fetched = fetched.map_err(|error| exception(py, &error, ""))?;
        Ok(PyString::new(py, fetched.text.expose()))
    }

    /// Reads many in as few requests as possible. Raises the first failure.
    fn get_batch<'py>(&self, py: Python<'py>, paths: Vec<String>) -> PyResult<Bound<'py, PyDict>> {
        let keys: Vec<Key> = paths.into_iter().map(Key::new).collect();
        let results = waiting(py, || self.inner.fetch_many(&keys, Deadline::NONE))?;
        let found = PyDict::new(py);
        for (key, result) in keys.iter().zip(results) {
            let fetched = result.map_err(|error| exception(py, &error, ""))?;
            found.set_item(key.path(), fetched.text.expose())?;
        }
        Ok(found)
    }
}

/// A backend, unless its configuration is invalid.
pub(crate) fn made<B: takk_backends::Backend + 'static>(py: Python<'_>, made: Result<B, Error>) -> PyResult<Backend> {
    made.map(Backend::new).map_err(|error| exception(py, &error, ""))
}

/// `os.environ`, with a prefix for all names.
#[pyfunction]
pub(crate) fn env(prefix: &str) -> Backend {
    Backend::new(Env::new(process::here(), prefix))
}

/// Several backends, tried in order.
#[pyfunction]
pub(crate) fn chain(py: Python<'_>, backends: Vec<PyRef<'_, Backend>>) -> PyResult<Backend> {
    made(py, Chain::new(backends.iter().map(|backend| Arc::clone(&backend.inner)).collect()))
}
