"""The two interpreters that the tests compare, and the repository."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def ask(python: str, script: str, *arguments: object, environment: str = "dev") -> object:
    """The output of a script of these tests under an interpreter, in one of takk's environments."""
    command = [python, "-B", str(Path(__file__).with_name(script)), *map(str, arguments)]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    variables["TAKK_ENV"] = environment
    done = subprocess.run(command, capture_output=True, text=True, env=variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def published() -> str:
    """The interpreter with takk 0.1.40 from PyPI."""
    python = os.environ.get("TAKK_PUBLISHED_PYTHON")
    if python is None:
        pytest.skip("TAKK_PUBLISHED_PYTHON names no interpreter with takk 0.1.40; tests/python.sh makes one")
    return python


@pytest.fixture(scope="session")
def ours() -> str:
    """The interpreter with this package."""
    return sys.executable
