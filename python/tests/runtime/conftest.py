"""Fixtures and backends for the tests of takk.runtime."""

import time
from collections.abc import Callable

import pytest
from servers import aws, bao, moto

from takk.runtime import Backend, SecretNotFoundError, TransientError

__all__ = ["aws", "bao", "moto"]


def pytest_configure(config: pytest.Config) -> None:
    # Some tests deliberately fork a process with threads.
    config.addinivalue_line("filterwarnings", "ignore:.*multi-threaded, use of fork:DeprecationWarning")


class Scripted(Backend):
    """A backend that counts its reads, and that waits or fails on request."""

    def __init__(self, data: dict[str, str], delay: float = 0) -> None:
        self.data, self.delay = data, delay
        self.calls: list[str] = []
        self.failure: Callable[[str], Exception] | None = None

    def get(self, path: str, *, version: int | str | None = None) -> str:
        self.calls.append(path)
        if self.delay:
            time.sleep(self.delay)
        if self.failure is not None:
            raise self.failure(path)
        if path not in self.data:
            raise SecretNotFoundError(f"nothing at {path}")
        return self.data[path]

    def go_down(self) -> None:
        self.failure = lambda path: TransientError(f"down while reading {path}")

    def come_back(self) -> None:
        self.failure = None


class Batched(Scripted):
    """The same with a batch read, which fails as a whole."""

    def __init__(self, data: dict[str, str], delay: float = 0) -> None:
        super().__init__(data, delay)
        self.batches: list[list[str]] = []

    def get_batch(self, paths: list[str]) -> dict[str, str]:
        self.batches.append(list(paths))
        if self.failure is not None:
            raise self.failure(paths[0])
        if missing := [path for path in paths if path not in self.data]:
            raise SecretNotFoundError(f"nothing at {missing[0]}")
        return {path: self.data[path] for path in paths}


@pytest.fixture
def scripted() -> type[Scripted]:
    return Scripted


@pytest.fixture
def batched() -> type[Batched]:
    return Batched
