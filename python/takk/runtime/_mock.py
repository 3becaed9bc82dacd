"""A backend for tests."""

from __future__ import annotations

from collections.abc import Mapping

from takk.runtime._backends import Backend, Version
from takk.runtime._errors import SecretNotFoundError


class Mock(Backend):
    """A backend for tests, with values by path, and by path and version. `calls` lists the reads."""

    def __init__(
        self, data: Mapping[str, str] | None = None, *, versions: Mapping[tuple[str, int | str], str] | None = None
    ) -> None:
        self.data: dict[str, str] = dict(data or {})
        self.versions: dict[tuple[str, int | str], str] = dict(versions or {})
        self.calls: list[tuple[str, Version]] = []

    def get(self, path: str, *, version: Version = None) -> str:
        self.calls.append((path, version))
        found = self.data.get(path) if version is None else self.versions.get((path, version))
        if found is None:
            at = "" if version is None else f"@{version}"
            raise SecretNotFoundError(f"the mock backend has no value for {path}{at}", hints=["add it to its data"])
        return found

    def reset_calls(self) -> None:
        """Clears `calls`."""
        self.calls.clear()

    def __repr__(self) -> str:
        return f"<Mock: {len(self.data) + len(self.versions)} values>"
