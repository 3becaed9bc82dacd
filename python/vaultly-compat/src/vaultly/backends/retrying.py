"""`RetryingBackend`."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from takk.runtime import Backend, Retrying, TransientError

T = TypeVar("T")


class RetryingBackend(Retrying):
    """As `takk.runtime.Retrying`, with the clock, the dice and the sleep that tests may replace.

    Raises:
        ConfigError: If nothing would be tried. It is a `ValueError` too.
    """

    def __init__(
        self,
        inner: Backend,
        *,
        max_attempts: int = 3,
        base_delay: float = 0.5,
        max_delay: float = 4.0,
        total_timeout: float | None = 10.0,
        jitter: bool = True,
        is_retryable: Callable[[BaseException], bool] | None = None,
        backoff: Callable[[int], float] | None = None,
        on_retry: Callable[[int, BaseException, float], None] | None = None,
        sleep: Callable[[float], None] | None = None,
        rng: Callable[[], float] | None = None,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(
            inner,
            max_attempts=max_attempts,
            base_delay=base_delay,
            max_delay=max_delay,
            total_timeout=total_timeout,
            jitter=jitter,
            is_retryable=is_retryable,
            backoff=backoff,
            on_retry=on_retry,
        )
        if sleep is None and rng is None and monotonic is None:
            return
        # takk waits where Python's functions cannot be called: the attempts are made here, and takk makes one of all of them.
        dice = rng or random.random

        def doubling(attempt: int) -> float:
            longest: float = min(base_delay * 2 ** (attempt - 1), max_delay)
            return longest * dice() if jitter else longest

        attempts = _Attempts(
            inner,
            max_attempts,
            total_timeout,
            is_retryable or (lambda error: isinstance(error, TransientError)),
            backoff or doubling,
            on_retry,
            sleep or time.sleep,
            monotonic or time.monotonic,
        )
        super().__init__(attempts, max_attempts=1, total_timeout=None)
        self.inner = attempts
        self.max_attempts, self.total_timeout = max_attempts, total_timeout
        self.base_delay, self.max_delay, self.jitter = base_delay, max_delay, jitter


class _Attempts(Backend):
    """Makes attempts with a clock and a sleep of the program."""

    def __init__(
        self,
        inner: Backend,
        max_attempts: int,
        total_timeout: float | None,
        is_retryable: Callable[[BaseException], bool],
        backoff: Callable[[int], float],
        on_retry: Callable[[int, BaseException, float], None] | None,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._inner = inner
        self._max_attempts = max_attempts
        self._total_timeout = total_timeout
        self._is_retryable = is_retryable
        self._backoff = backoff
        self._on_retry = on_retry
        self._sleep = sleep
        self._monotonic = monotonic

    def get(self, path: str, *, version: int | str | None = None) -> str:
        return self._until_it_works(lambda: self._inner.get(path, version=version))

    def get_batch(self, paths: list[str]) -> dict[str, str]:
        return self._until_it_works(lambda: self._inner.get_batch(paths))

    def _until_it_works(self, attempt: Callable[[], T]) -> T:
        start = self._monotonic()
        count = 0
        while True:
            count += 1
            try:
                return attempt()
            except Exception as error:
                if count == self._max_attempts or not self._is_retryable(error):
                    raise
                delay = self._backoff(count)
                if self._total_timeout is not None and self._monotonic() - start + delay >= self._total_timeout:
                    raise
                self._tell(count, error, delay)
            self._sleep(delay)

    def _tell(self, attempt: int, error: BaseException, delay: float) -> None:
        if self._on_retry is None:
            return
        try:
            self._on_retry(attempt, error, delay)
        except Exception as problem:
            # Its text may have anything in it.
            logging.getLogger("takk.runtime").error("on_retry raised %s", type(problem).__name__)


__all__ = ["RetryingBackend"]
