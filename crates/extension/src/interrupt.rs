//! Ctrl-C on the main thread while it waits for a backend.

use std::cell::RefCell;

use pyo3::prelude::*;
use takk_backends::Watch;

thread_local! {
    /// The exception that a signal handler raised while this thread waited.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

fn is_main_thread() -> bool {
    let ask = |py: Python<'_>| -> PyResult<bool> {
        let threading = py.import("threading")?;
        let main = threading.call_method0("main_thread")?.getattr("ident")?;
        threading.call_method0("get_ident")?.eq(main)
    };
    Python::attach(|py| ask(py).unwrap_or(false))
}

fn is_interrupted() -> bool {
    let checked = Python::attach(|py| -> PyResult<()> {
        py.check_signals()?;
        Ok(())
    });
    if let Err(raised) = checked {
        RAISED.set(Some(raised));
    }
    RAISED.with_borrow(Option::is_some)
}

/// Runs something that may block, without the interpreter. Python's signal handlers run in the meantime.
///
/// # Errors
///
/// The exception that a signal handler raised in the meantime, usually `KeyboardInterrupt`.
pub(crate) fn waiting<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    takk_backends::watch_interrupts(Watch { applies: is_main_thread, is_interrupted });
    let done = py.detach(work);
    RAISED.take().map_or(Ok(done), Err)
}
