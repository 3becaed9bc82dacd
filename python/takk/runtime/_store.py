"""takk's own store, or the server that the checkout is linked to."""

from __future__ import annotations

import os

from takk.runtime._backends import Backend, Version
from takk.runtime._errors import ConfigError, SecretNotFoundError, TransientError


class Store(Backend):
    """The values of takk's own store, or of the server that the checkout is linked to: `/db/prod/password` is `DB_PROD_PASSWORD`.

    The executable `takk` reads them, with its rules about which checkout gets which values, its key and its login. All paths that are
    read at once are one call of it.

    Args:
        environment: The environment. Without, `TAKK_ENV` names it, or else it is `dev`.
        root: The project's directory. Without, the current one.
        timeout: Seconds for one call.
    """

    def __init__(
        self, environment: str | None = None, *, root: str | os.PathLike[str] | None = None, timeout: float = 30.0
    ) -> None:
        self.environment = environment
        self.root = None if root is None else os.fspath(root)
        self.timeout = timeout

    def get(self, path: str, *, version: Version = None) -> str:
        name = _name(path)
        value = self._read([name], version).get(name)
        if value is None:
            raise self._missing(path, name, version)
        return value

    def get_batch(self, paths: list[str]) -> dict[str, str]:
        """The current texts at many paths, by one call."""
        names = {path: _name(path) for path in paths}
        values = self._read(list(dict.fromkeys(names.values())), None)
        found: dict[str, str] = {}
        for path, name in names.items():
            value = values.get(name)
            if value is None:
                raise self._missing(path, name, None)
            found[path] = value
        return found

    def __repr__(self) -> str:
        return f"<Store: {self._environment()}>"

    def _environment(self) -> str:
        from takk._vocabulary.environment import current_env

        return current_env() if self.environment is None else self.environment

    def _missing(self, path: str, name: str, version: Version) -> SecretNotFoundError:
        at = "" if version is None else f"@{version}"
        environment = self._environment()
        return SecretNotFoundError(
            f"cannot read `{path}{at}` from takk's store: {name} has no such value in `{environment}`",
            hints=[f"set it: takk secrets set {name} --env {environment}"],
        )

    def _read(self, names: list[str], version: Version) -> dict[str, str | None]:
        import json
        import subprocess

        from takk.__main__ import executable

        program = executable()
        if program is None:
            raise ConfigError("takk's store is read by the executable takk, which is not installed", hints=["pip install takk"])
        command = [program, "--json", "secrets", "get", "--allow-missing", "--env", self._environment()]
        if self.root is not None:
            command += ["--project", self.root]
        if version is not None:
            command += [f"--version={version}"]
        try:
            ran = subprocess.run(
                [*command, "--", *names], stdin=subprocess.DEVNULL, capture_output=True, timeout=self.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            # Its own text would show what was read so far.
            raise TransientError(f"takk gave no answer within {self.timeout:g} s") from None
        if ran.returncode != 0:
            raise _failure(ran.stderr.decode("utf-8", "replace"))
        return {entry["name"]: entry["value"] for entry in json.loads(ran.stdout)}


def _name(path: str) -> str:
    return path.strip("/").replace("/", "_").upper()


def _failure(said: str) -> ConfigError | TransientError:
    """What `takk` says of a failure; it never shows a value."""
    message, hints = "takk failed", []
    for line in said.splitlines():
        label, _, text = line.partition(": ")
        if label == "error":
            message = text
        elif label.strip() == "hint":
            hints.append(text)
    is_away = "cannot reach" in message or "unreachable" in message
    return (TransientError if is_away else ConfigError)(f"cannot read takk's store: {message}", hints=hints)
