"""`EnvBackend`."""

from takk.runtime import Env


class EnvBackend(Env):
    """As `takk.runtime.Env`."""


__all__ = ["EnvBackend"]
