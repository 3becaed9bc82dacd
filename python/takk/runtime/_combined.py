"""Backends around others: several in order, and one that is asked again."""

from __future__ import annotations

import math
from collections.abc import Callable

from takk import _native
from takk.runtime._backends import AsyncBackend, Backend, NativeBackend, connecting, native
from takk.runtime._errors import ArgumentError
from takk.runtime._log import log


class Chain(NativeBackend):
    """Several backends: each is only asked for what those before it do not have. An outage is an error, and does not fall through."""

    def __init__(self, *backends: Backend | AsyncBackend) -> None:
        self.backends = backends
        self._native = _native.chain([connecting(backend) for backend in backends])

    def _without_network(self) -> _native.Backend:
        return _native.chain([native(backend) for backend in self.backends])


class Retrying(NativeBackend):
    """Retries `inner` after a `TransientError`.

    Args:
        inner: The backend.
        max_attempts: The number of attempts, at least 1.
        base_delay: The maximum wait after the first attempt, in seconds; it doubles with each.
        max_delay: The upper limit of every wait.
        total_timeout: Seconds for all attempts and waits; `None` for no limit.
        jitter: Whether each wait is a random part of its maximum.
        is_retryable: Decides which exceptions are retried, by default only `TransientError`.
        backoff: Returns the wait after an attempt, counted from 1, in place of exponential backoff.
        on_retry: Called with attempt, exception and wait before each wait. What it raises is logged.

    Raises:
        ArgumentError: If there would be no attempt.
    """

    def __init__(
        self,
        inner: Backend | AsyncBackend,
        *,
        max_attempts: int = 3,
        base_delay: float = 0.5,
        max_delay: float = 4.0,
        total_timeout: float | None = 10.0,
        jitter: bool = True,
        is_retryable: Callable[[BaseException], bool] | None = None,
        backoff: Callable[[int], float] | None = None,
        on_retry: Callable[[int, BaseException, float], None] | None = None,
    ) -> None:
        if max_attempts < 1:
            raise ArgumentError("max_attempts must be at least 1")
        if total_timeout is not None and not total_timeout > 0:
            raise ArgumentError("total_timeout must be positive, or None for no limit")
        self.inner = inner
        self.max_attempts = max_attempts
        self.base_delay = base_delay
        self.max_delay = max_delay
        self.total_timeout = total_timeout
        self.jitter = jitter

        def told(attempt: int, error: BaseException, delay: float) -> None:
            log().warning("%s; attempt %d of %d, the next in %.2f s", error, attempt, max_attempts, delay)
            if on_retry is None:
                return
            try:
                on_retry(attempt, error, delay)
            except Exception as problem:
                log().error("on_retry raised %s", type(problem).__name__)

        timeout = None if total_timeout is None or math.isinf(total_timeout) else total_timeout

        def around(backend: _native.Backend) -> _native.Backend:
            return _native.retrying(
                backend, max_attempts, base_delay, max_delay, timeout, jitter, is_retryable, backoff, told
            )

        self._around = around
        self._native = around(connecting(inner))

    def _without_network(self) -> _native.Backend:
        return self._around(native(self.inner))
