"""The pytest plugin of takk: the fixture `takk_secrets`, and no network in tests. pytest loads it in every run, so it imports little."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from takk import _network

if TYPE_CHECKING:
    from takk.testing import FakeBackends

_before: pytest.StashKey[bool] = pytest.StashKey()
_passed: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("takk_network", "whether takk's backends may connect in tests", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "takk_network: takk's backends may connect in this test")
    # Also outside of tests, where modules are imported and fixtures created. The previous state is restored for a pytest inside pytest.
    config.stash[_before] = _network.is_blocked
    _network.is_blocked = not config.getini("takk_network")


def pytest_unconfigure(config: pytest.Config) -> None:
    _network.is_blocked = config.stash.get(_before, False)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    before = _network.is_blocked
    if item.get_closest_marker("takk_network") is not None:
        _network.is_blocked = False
    try:
        yield
    finally:
        _network.is_blocked = before


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    outcome = yield
    item.stash[_passed] = outcome.excinfo is None


@pytest.fixture
def takk_secrets(request: pytest.FixtureRequest) -> Iterator[FakeBackends]:
    """Makes fake backends: `takk_secrets(App, values={"db_port": 5432}, stage="prod")`, as `takk.testing.fake_backend` does.

    A test that has passed still fails if a given value was not read, or if a path was read that belongs to no model.
    """
    from takk.testing import FakeBackends

    fakes = FakeBackends()
    yield fakes
    # A failed test has a better message than the values that it did not get to read.
    if request.node.stash.get(_passed, False):
        try:
            fakes.verify()
        except AssertionError as error:
            pytest.fail(str(error), pytrace=False)
