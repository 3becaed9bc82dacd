"""The backend that the environment or the project's settings name."""

from __future__ import annotations

import os

from takk import _native
from takk.runtime._backends import NativeBackend, native, refusing
from takk.runtime._errors import ConfigError
from takk.runtime._store import Store


class _Named(NativeBackend):
    """What the environment names."""

    def __init__(self, backend: _native.Backend) -> None:
        self._native = backend

    def _without_network(self) -> _native.Backend:
        places = self._native.name.split(", then ")
        is_local = all(place == "the environment" or place.startswith("the dotenv file ") for place in places)
        return self._native if is_local else refusing(self._native)


def backend_from_env() -> NativeBackend:
    """The backend that `TAKK_SECRETS_BACKEND` names (`env`, `dotenv`, `takk`, `aws-ssm`, `vault`, or several separated by commas),
    otherwise Vault if `VAULT_ADDR` is set, or else the environment. Remote backends are retried.

    Raises:
        ConfigError: For an unknown name, or if the environment lacks what a backend needs.
    """
    return _Named(_native.backend_from_env(native(Store())))


def backend_from_project(environment: str | None = None, *, root: str | os.PathLike[str] | None = None) -> NativeBackend:
    """The backend that `[tool.takk.secrets]` names for an environment, as for `takk check`. `TAKK_SECRETS_BACKEND` takes precedence.

    Tokens are only sent to `VAULT_ADDR`: a URL in the file is used only if it is the same.

    Args:
        environment: The environment, by default that of `TAKK_ENV`, or `dev`.
        root: The directory of `pyproject.toml` or `takk.toml`, by default the nearest one from the current directory upwards.

    Raises:
        ConfigError: Without such a file, if it names no backend, or if the environment lacks what the backend needs.
    """
    from takk._vocabulary.environment import current_env

    environment = current_env() if environment is None else environment
    store = Store(environment, root=root)
    return _Named(_native.backend_from_project(_settings_file(root), environment, native(store)))


def _settings_file(root: str | os.PathLike[str] | None) -> str:
    here = os.path.abspath(os.fspath(root) if root is not None else os.curdir)
    directory = here
    while True:
        # As in the command line, the first one takes precedence as a whole.
        for name in ("takk.toml", "pyproject.toml"):
            if os.path.isfile(file := os.path.join(directory, name)):
                return file
        above = os.path.dirname(directory)
        if root is not None or above == directory:
            raise ConfigError(f"there is no pyproject.toml or takk.toml in {here}", hints=["pass root=, or use backend_from_env()"])
        directory = above
