//! Ctrl-C on the main thread while it waits for a backend.

use std::cell::RefCell;

use pyo3::prelude::*;
use takk_backends::Watch;

thread_local! {
    /// What a handler of signals raised while this thread waited.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// Lets Python's handlers of signals run while backends are asked.
pub(crate) fn watch() {
    takk_backends::watch_interrupts(Watch { applies: is_main_thread, is_interrupted });
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
    if let Err(raised) = Python::attach(|py| py.check_signals()) {
        RAISED.set(Some(raised));
    }
    RAISED.with_borrow(Option::is_some)
}

/// Does what may wait, without the interpreter.
///
/// # Errors
///
/// What a handler of signals raised meanwhile, `KeyboardInterrupt` as a rule.
pub(crate) fn waiting<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    let done = py.detach(work);
    RAISED.take().map_or(Ok(done), Err)
}
