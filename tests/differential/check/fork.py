"""Asks both sides about a directory: the real pydantic in a forked child, and takk."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import truth


def truth_of(root: Path, only: tuple[str, str] | None = None) -> dict | None:
    """The truth, from a child process so that its modules are not loaded here; `None` if the child dies."""
    return in_child(lambda: truth.ask(root.resolve(), only))


def imported_by(module: str, root: Path) -> set[str]:
    """The files of the project that an import of the module loads, relative to the project."""
    root = root.resolve()

    def load() -> list[str]:
        sys.path[:0] = [str(root), str(root / "src")]
        importlib.import_module(module)
        files = [Path(found.__file__) for found in list(sys.modules.values()) if getattr(found, "__file__", None)]
        return [str(file.relative_to(root)) for file in files if root in file.parents]

    return set(in_child(load) or [])


def in_child(task: Callable[[], Any]) -> Any:
    """The result of the task in a forked child; `None` if the child dies."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 the child ends at once
        status = 1
        try:
            with os.fdopen(writer, "w") as out:
                json.dump(task(), out)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as source:
        text = source.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if status == 0 else None


def answer_of(takk: list[str], root: Path) -> dict | None:
    """takk's answer; `None` if it cannot be parsed."""
    done = subprocess.run([*takk, "inspect", "--format", "json", str(root)], capture_output=True, timeout=120, check=False)
    sys.stderr.write(done.stderr.decode(errors="replace")[:500])
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        return None
