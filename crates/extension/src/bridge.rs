//! A backend that is written in Python.

use pyo3::prelude::*;
use takk_backends::{Backend as Reads, Deadline, Error, Fetched, Key, Proof, Result};

use super::backend::Backend;
use super::errors::{Given, of_parts};

/// Calls Python for every read. The callable returns, for each key, a text or the parts of a failure, and never raises.
struct Bridge {
    name: String,
    read: Py<PyAny>,
}

/// A backend whose `read` is called with a list of `(path, version)` and the remaining seconds.
#[pyfunction]
pub(crate) fn bridge(name: String, read: Py<PyAny>) -> Backend {
    Backend::new(Bridge { name, read })
}

impl Bridge {
    fn ask(&self, keys: &[Key], deadline: Deadline) -> PyResult<Vec<Given>> {
        Python::attach(|py| {
            let asked: Vec<_> = keys.iter().map(|key| (key.path(), key.version())).collect();
            let left = deadline.left().map(|left| left.as_secs_f64());
            self.read.bind(py).call1((asked, left))?.extract()
        })
    }
}

impl Reads for Bridge {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn fetch(&self, key: &Key, deadline: Deadline) -> Result<Fetched> {
        let unanswered = || Err(Error::config(format!("{} returned no result for `{key}`", self.name)));
        self.fetch_many(std::slice::from_ref(key), deadline).pop().unwrap_or_else(unanswered)
    }

    fn fetch_many(&self, keys: &[Key], deadline: Deadline) -> Vec<Result<Fetched>> {
        let given = self.ask(keys, deadline).ok().filter(|given| given.len() == keys.len());
        let Some(given) = given else {
            let error = Error::config(format!("{} was interrupted", self.name));
            return keys.iter().map(|_| Err(error.clone())).collect();
        };
        let of_key = |(key, given): (&Key, Given)| match given {
            Given::Text(text) => Ok(Fetched { version: key.version().map(str::to_owned), ..Fetched::new(text) }),
            Given::Failed(parts) => Err(of_parts(parts)),
        };
        keys.iter().zip(given).map(of_key).collect()
    }

    fn prove(&self, keys: &[Key], deadline: Deadline) -> Vec<Proof> {
        let exists = |fetched: Fetched| Proof::Exists { version: fetched.version, changed: fetched.changed };
        self.fetch_many(keys, deadline).into_iter().map(|result| result.map_or_else(Proof::of_error, exists)).collect()
    }
}
