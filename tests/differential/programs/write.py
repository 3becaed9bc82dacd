"""Writes programs into a directory, starts each in random environments, and records the results."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .environments import environments
from .program import Program
from .start import main_of, start

NAMES = ("pydantic", "pydantic-settings")
#: Programs run in an environment of their own.
VERBOSE = "TAKK_VERBOSE" in os.environ


def versions() -> dict[str, str]:
    """The versions of this Python."""
    found = {}
    for name in NAMES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            pass
    return found


def write_files(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def pairs_of(root: Path, texts: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Starts the program in each environment."""
    entry = main_of("main.py")
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        return [{"program": root.name, "env": environment, **start(root, environment, entry)} for environment in texts]


def write(seed: int, count: int, each: int, directory: Path) -> dict[str, int]:
    """Programs of that seed; pairs go to pairs.jsonl. Those that fail otherwise than by their settings are dropped and counted: pydantic 1 itself
    crashes on some texts."""
    known = versions()
    counts = {"programs": 0, "pairs": 0, "starts": 0, "dropped": 0}
    with (directory / "pairs.jsonl").open("w") as out:
        for number in range(count):
            program = Program(seed * 100_003 + number, known)
            root = directory / f"p{number:04}"
            write_files(root, program.files)
            texts = environments(random.Random(f"{seed} {number}"), program.variables, each)
            pairs = pairs_of(root, texts)
            counts["programs"] += 1
            for pair in pairs:
                if pair["other"]:
                    counts["dropped"] += 1
                    if VERBOSE:
                        print(root.name, program.ways, pair["env"], pair["error"], file=sys.stderr)
                    continue
                counts["pairs"] += 1
                counts["starts"] += pair["starts"]
                out.write(json.dumps({**pair, "ways": program.ways}) + "\n")
    return counts
