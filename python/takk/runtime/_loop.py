"""The event loop of asynchronous backends: one per process, in a thread of its own, started on first use."""

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_starting = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def run(coroutine: Coroutine[Any, Any, T], timeout: float | None) -> T:
    """Runs a coroutine on the loop and waits for it; `TimeoutError` after `timeout` seconds."""
    future = asyncio.run_coroutine_threadsafe(coroutine, _running())
    try:
        return future.result(timeout)
    except BaseException as error:
        future.cancel()
        if type(error).__name__ == "TimeoutError" and not isinstance(error, TimeoutError):
            raise TimeoutError from None  # That of `concurrent.futures` before Python 3.11.
        raise


def _running() -> asyncio.AbstractEventLoop:
    global _loop
    with _starting:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="takk.runtime backends", daemon=True).start()
        return _loop


def _forked() -> None:
    """A forked child has the loop's memory but not its thread, and perhaps a lock that nobody will release."""
    global _loop, _starting
    _loop, _starting = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
