//! The cache of a root model.

use std::sync::Arc;

use arc_swap::ArcSwap;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use takk_backends::{Cache as Cached, Entry, Key, ReadOptions, Ttl};

use super::backend::Backend;
use super::errors::{exception, made};
use super::interrupt::waiting;

/// The result of a read: its text, and where it is kept.
#[pyclass(frozen, module = "takk._native")]
pub(crate) struct Read {
    pub(crate) entry: Arc<Entry>,
    pub(crate) ttl: Ttl,
    given: takk_backends::Read,
}

impl Read {
    pub(crate) fn number(&self) -> u64 {
        self.given.cached.serial
    }
}

#[pymethods]
impl Read {
    /// The secret.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, self.given.cached.fetched.text.expose())
    }

    /// The request that it came with.
    #[getter]
    fn serial(&self) -> u64 {
        self.number()
    }

    /// Why it is older than its ttl allows.
    #[getter]
    fn stale<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.given.stale.as_ref().map(|error| made(py, error, "")).transpose()
    }
}

/// Path, pinned version, returned version, age in seconds, hits, and why the last request failed.
type Source<'py> = (String, Option<String>, Option<String>, f64, u64, Option<Bound<'py, PyAny>>);

/// The values that the models of one tree have read.
#[pyclass(frozen, module = "takk._native")]
pub(crate) struct Cache {
    inner: Cached,
    changes: Arc<ArcSwap<Vec<Key>>>,
}

#[pymethods]
impl Cache {
    #[new]
    fn new(backend: &Backend) -> Self {
        Self { inner: Cached::new(Arc::clone(&backend.inner)), changes: Arc::default() }
    }

    /// The name of its backend in messages.
    #[getter]
    fn backend(&self, py: Python<'_>) -> String {
        py.detach(|| self.inner.backend().name())
    }

    /// The cached value of a path, if it is fresh for this ttl.
    fn fresh(&self, py: Python<'_>, path: &str, version: Option<&str>, ttl: Option<f64>) -> PyResult<Option<Read>> {
        let ttl = Ttl::from_seconds(ttl).map_err(|error| exception(py, &error, ""))?;
        let entry = self.inner.entry(&Key::pinned(path, version));
        let cached = entry.fresh(ttl);
        Ok(cached.map(|cached| Read { entry, ttl, given: takk_backends::Read { cached, stale: None } }))
    }

    /// Reads a path: from the cache if its value is fresh for this ttl and `refresh` is false. Waits without holding the GIL.
    #[expect(clippy::too_many_arguments, reason = "Python passes them by position, once")]
    fn read(
        &self,
        py: Python<'_>,
        path: &str,
        version: Option<&str>,
        ttl: Option<f64>,
        stale_on_error: bool,
        refresh: bool,
        subject: &str,
    ) -> PyResult<Read> {
        let ttl = Ttl::from_seconds(ttl).map_err(|error| exception(py, &error, subject))?;
        let key = Key::pinned(path, version);
        let options = ReadOptions { stale_on_error, ..ReadOptions::default() };
        let entry = self.inner.entry(&key);
        let read =
            waiting(
                py,
                || {
                    if refresh { self.inner.refresh(&key, options) } else { self.inner.read_entry(&entry, ttl, options) }
                },
            )?;
        let read = read.map_err(|error| exception(py, &error, subject))?;
        Ok(Read { entry, ttl, given: read })
    }

    /// Reads many `(path, version, ttl, subject)`, those that are not fresh in one batch. Returns a `Read` or an exception for each.
    fn read_many<'py>(
        &self,
        py: Python<'py>,
        wanted: Vec<(String, Option<String>, Option<f64>, String)>,
        stale_on_error: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut keys = Vec::with_capacity(wanted.len());
        for (path, version, ttl, subject) in &wanted {
            let ttl = Ttl::from_seconds(*ttl).map_err(|error| exception(py, &error, subject))?;
            keys.push((Key::pinned(path.as_str(), version.as_deref()), ttl));
        }
        let options = ReadOptions { stale_on_error, ..ReadOptions::default() };
        let results = waiting(py, || self.inner.read_many(&keys, options))?;
        let list = PyList::empty(py);
        for (((key, ttl), (.., subject)), result) in keys.iter().zip(&wanted).zip(results) {
            match result {
                Ok(read) => list.append(Read { entry: self.inner.entry(key), ttl: *ttl, given: read })?,
                Err(error) => list.append(made(py, &error, subject)?)?,
            }
        }
        Ok(list)
    }

    /// Marks every value as stale.
    fn expire_all(&self) {
        self.inner.expire_all();
    }

    /// The contents of the cache, without the values.
    fn sources<'py>(&self, py: Python<'py>) -> PyResult<Vec<Source<'py>>> {
        let source = |source: takk_backends::Source| {
            let failure = source.last_error.as_ref().map(|error| made(py, error, "")).transpose()?;
            let pinned = source.key.version().map(str::to_owned);
            Ok((source.key.path().to_owned(), pinned, source.version, source.age.as_secs_f64(), source.hits, failure))
        };
        self.inner.sources().into_iter().map(source).collect()
    }

    /// Starts recording which values change.
    fn watch(&self) -> u64 {
        let changes = Arc::clone(&self.changes);
        // Python is called after the read, when no lock is held any more.
        self.inner.subscribe(Arc::new(move |key, _| {
            changes.rcu(|changes| {
                let mut changes = Vec::clone(changes);
                changes.push(key.clone());
                changes
            });
        }))
    }

    /// Ends `watch`.
    fn unwatch(&self, watch: u64) {
        self.inner.unsubscribe(watch);
    }

    /// What changed since the last call: paths and pinned versions.
    fn changes(&self) -> Vec<(String, Option<String>)> {
        if self.changes.load().is_empty() {
            return Vec::new();
        }
        let changes = self.changes.swap(Arc::default());
        changes.iter().map(|key| (key.path().to_owned(), key.version().map(str::to_owned))).collect()
    }
}
