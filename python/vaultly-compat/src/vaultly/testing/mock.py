"""`MockBackend`."""

from takk.runtime import Mock


class MockBackend(Mock):
    """As `takk.runtime.Mock`. `takk.testing` makes the values itself."""


__all__ = ["MockBackend"]
