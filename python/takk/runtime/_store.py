"""takk's own store, or the server that the checkout is linked to."""

from __future__ import annotations

import os

from takk import _native
from takk.runtime._backends import Given, Key, NativeBackend, refusing
from takk.runtime._errors import ConfigError, SecretNotFoundError, TakkError, TransientError, parts


class Store(NativeBackend):
    """The values of takk's own store, or of the server that the checkout is linked to: `/db/prod/password` is `DB_PROD_PASSWORD`.

    The executable `takk` reads them, with its rules about which checkout gets which values, its key and its login. A batch of paths is
    one call of it.

    Args:
        environment: The environment, by default that of `TAKK_ENV`, or `dev`.
        root: The project's directory, by default the current one.
        timeout: Seconds for one call.
    """

    def __init__(
        self, environment: str | None = None, *, root: str | os.PathLike[str] | None = None, timeout: float = 30.0
    ) -> None:
        self.environment = environment
        self.root = None if root is None else os.fspath(root)
        self.timeout = timeout
        self._native = _native.bridge("takk's store", self._answer)

    def _without_network(self) -> _native.Backend:
        return refusing(self._native)

    def _answer(self, keys: list[Key], left: float | None) -> list[Given]:
        """A text or the parts of a failure for each key. Never raises."""
        found: dict[Key, Given] = {}
        for version in dict.fromkeys(version for _, version in keys):
            asked = [key for key in keys if key[1] == version]
            try:
                values = self._read([_name(path) for path, _ in asked], version, left)
            except BaseException as error:
                failure = parts(error, "cannot read takk's store")
                found.update((key, failure) for key in asked)
            else:
                found.update((key, self._given(key, values.get(_name(key[0])))) for key in asked)
        return [found[key] for key in keys]

    def _given(self, key: Key, value: str | None) -> Given:
        if value is not None:
            return value
        path, version = key
        at = "" if version is None else f"@{version}"
        environment = self._environment()
        error = SecretNotFoundError(
            f"cannot read `{path}{at}` from takk's store: {_name(path)} has no such value in `{environment}`",
            hints=[f"set it: takk secrets set {_name(path)} --env {environment}"],
        )
        return parts(error, "")

    def _environment(self) -> str:
        from takk._vocabulary.environment import current_env

        return current_env() if self.environment is None else self.environment

    def _read(self, names: list[str], version: str | None, left: float | None) -> dict[str, str | None]:
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
        limit = self.timeout if left is None else min(left, self.timeout)
        try:
            ran = subprocess.run(
                [*command, "--", *names], stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            # Its own text would show the output so far.
            raise TransientError(f"takk did not respond within {limit:g} s") from None
        except OSError as error:
            raise ConfigError(f"cannot run {program}: {error.strerror}") from None
        if ran.returncode != 0:
            raise _failure(ran.stderr.decode("utf-8", "replace"))
        try:
            return {entry["name"]: entry["value"] for entry in json.loads(ran.stdout)}
        except (KeyError, TypeError, ValueError):
            # Its text may contain a value.
            raise ConfigError(f"{program} is not a takk of this version", hints=["pip install --force-reinstall takk"]) from None


def _name(path: str) -> str:
    return path.strip("/").replace("/", "_").upper()


def _failure(said: str) -> TakkError:
    """The failure that `takk` reports, which never shows a value: lines of `error: ` and `hint: `."""
    message, hints = "takk failed", []
    for line in said.splitlines():
        label, _, text = line.strip().partition(": ")
        if label == "error":
            message = text
        elif label == "hint":
            hints.append(text)
    kind = TransientError if message.startswith("cannot reach ") else ConfigError
    return kind(f"cannot read takk's store: {message}", hints=hints)
