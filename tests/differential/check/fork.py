"""Asks both sides about a directory: the real pydantic in a forked child, and takk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import truth


def truth_of(root: Path) -> dict | None:
    """The truth, taken in a child so that the modules leave no trace here; `None` where the child dies."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 the child ends at once
        status = 1
        try:
            with os.fdopen(writer, "w") as out:
                json.dump(truth.ask(root.resolve()), out)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as source:
        text = source.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if status == 0 else None


def answer_of(takk: str, root: Path) -> dict | None:
    """What takk says; `None` where it says nothing that can be read."""
    done = subprocess.run([takk, "inspect", "--format", "json", str(root)], capture_output=True, timeout=120, check=False)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.stderr.write(done.stderr.decode(errors="replace")[:500])
        return None
