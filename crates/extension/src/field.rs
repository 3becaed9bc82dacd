//! The attribute of a secret field, and the place in a model where its value is kept: the way of a cached read, which takes no lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use pyo3::exceptions::PyAttributeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;
use takk_backends::{Entry, Ttl};

use super::cache::Read;

/// The data descriptor of a secret field.
#[pyclass(frozen, module = "takk._native")]
pub(crate) struct Field {
    name: Py<PyString>,
    /// Its class, and its index there.
    layout: u64,
    index: usize,
    /// Called with model and name if the value is missing or stale.
    read: Py<PyAny>,
    /// Called with model and name when it is set or deleted. It raises.
    refuse: Py<PyAny>,
}

#[pymethods]
impl Field {
    #[new]
    fn new(name: Py<PyString>, layout: u64, index: usize, read: Py<PyAny>, refuse: Py<PyAny>) -> Self {
        Self { name, layout, index, read, refuse }
    }

    fn __get__<'py>(&self, model: &Bound<'py, PyAny>, owner: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let py = model.py();
        if model.is_none() {
            // As for every pydantic field: the class has no such attribute.
            let of = owner.map_or_else(String::new, |owner| format!(" of {owner}"));
            return Err(PyAttributeError::new_err(format!("the secret field {}{of} is read from instances", self.name)));
        }
        if let Ok(slots) = model.getattr(intern!(py, "__takk_slots__"))
            && let Ok(slots) = slots.cast::<Slots>()
            && let Some(value) = slots.get().fresh(py, self.layout, self.index)
        {
            return Ok(value);
        }
        self.read.bind(py).call1((model, &self.name))
    }

    fn __set__(&self, model: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.refuse.bind(model.py()).call1((model, &self.name)).map(drop)
    }

    fn __delete__(&self, model: &Bound<'_, PyAny>) -> PyResult<()> {
        self.refuse.bind(model.py()).call1((model, &self.name)).map(drop)
    }

    fn __repr__(&self) -> String {
        format!("<secret field {}>", self.name)
    }
}

/// A value as a Python object.
struct Kept {
    value: Py<PyAny>,
    /// Where its text is, how long that is fresh for this field, and which request it came with. Absent for a value that a test has set.
    source: Option<(Arc<Entry>, Ttl, u64)>,
    generation: u64,
}

/// The values of a model's secret fields.
#[pyclass(frozen, module = "takk._native")]
pub(crate) struct Slots {
    layout: u64,
    kept: Box<[ArcSwapOption<Kept>]>,
    /// Counts changes of the fields in paths: a value from before a change is not used.
    generation: AtomicU64,
}

impl Slots {
    fn fresh<'py>(&self, py: Python<'py>, layout: u64, index: usize) -> Option<Bound<'py, PyAny>> {
        if self.layout != layout {
            return None;
        }
        let kept = self.kept.get(index)?.load();
        let kept = kept.as_ref()?;
        if let Some((entry, ttl, serial)) = &kept.source {
            let is_of_now = kept.generation == self.generation.load(Ordering::Acquire);
            if !is_of_now || entry.fresh(*ttl)?.serial != *serial {
                return None;
            }
        }
        Some(kept.value.bind(py).clone())
    }
}

#[pymethods]
impl Slots {
    #[new]
    fn new(layout: u64, count: usize) -> Self {
        let kept = (0..count).map(|_| ArcSwapOption::empty()).collect();
        Self { layout, kept, generation: AtomicU64::new(0) }
    }

    /// The value that reading the attribute would return without calling a backend, in a tuple.
    fn peek<'py>(&self, py: Python<'py>, index: usize) -> Option<(Bound<'py, PyAny>,)> {
        self.fresh(py, self.layout, index).map(|value| (value,))
    }

    /// The state that [`keep`](Self::keep) needs: taken before a path is built.
    #[getter]
    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The value that was converted from this read before.
    fn kept<'py>(&self, py: Python<'py>, index: usize, read: &Read) -> Option<Bound<'py, PyAny>> {
        let kept = self.kept.get(index)?.load();
        let kept = kept.as_ref()?;
        let (entry, _, serial) = kept.source.as_ref()?;
        let is_same = Arc::ptr_eq(entry, &read.entry) && *serial == read.number();
        is_same.then(|| kept.value.bind(py).clone())
    }

    /// Keeps a value, and returns the one to use: another thread may have been faster.
    fn keep<'py>(&self, index: usize, generation: u64, read: &Read, value: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
        let py = value.py();
        if let Some(before) = self.kept(py, index, read) {
            return before;
        }
        if let Some(slot) = self.kept.get(index) {
            let is_overridden = slot.load().as_ref().is_some_and(|kept| kept.source.is_none());
            if !is_overridden {
                let source = Some((Arc::clone(&read.entry), read.ttl, read.number()));
                slot.store(Some(Arc::new(Kept { value: value.clone().unbind(), source, generation })));
            }
        }
        value
    }

    /// Drops all values: the fields in their paths have changed.
    fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Sets a value that is used until `restore`.
    fn override_with(&self, index: usize, value: Py<PyAny>) {
        if let Some(slot) = self.kept.get(index) {
            slot.store(Some(Arc::new(Kept { value, source: None, generation: 0 })));
        }
    }

    /// The value that was set here, in a tuple.
    fn overridden<'py>(&self, py: Python<'py>, index: usize) -> Option<(Bound<'py, PyAny>,)> {
        let kept = self.kept.get(index)?.load();
        let kept = kept.as_ref().filter(|kept| kept.source.is_none())?;
        Some((kept.value.bind(py).clone(),))
    }

    /// Ends `override_with`.
    fn restore(&self, index: usize) {
        if let Some(slot) = self.kept.get(index) {
            slot.store(None);
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        for slot in &self.kept {
            if let Some(kept) = slot.load().as_ref() {
                visit.call(&kept.value)?;
            }
        }
        Ok(())
    }

    fn __clear__(&self) {
        self.kept.iter().for_each(|slot| slot.store(None));
    }
}
