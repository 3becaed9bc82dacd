//! The process of the interpreter: `os.environ`, which the program may have changed, and the clock.

use std::time::SystemTime;

use pyo3::prelude::*;
use takk_backends::Process;

/// What backends read from this process. A variable that is not UTF-8 counts as unset.
pub(crate) fn here() -> Process {
    Process::new(|name| Python::attach(|py| variable(py, name).ok().flatten()), now)
}

fn variable(py: Python<'_>, name: &str) -> PyResult<Option<String>> {
    py.import("os")?.getattr("environ")?.call_method1("get", (name,))?.extract()
}

#[expect(clippy::disallowed_methods, reason = "the one place of this crate that reads the clock")]
fn now() -> SystemTime {
    SystemTime::now()
}
