#!/usr/bin/env python3
"""smaller.py PROGRAMDIR

Reduces a program and its environment while takk still disagrees with pydantic about them. Reads the environment as a line of JSON, then
prints each candidate as a line of JSON (`program`, a directory, and the result of starting it), and reads a line `yes` or `no`: whether it
still disagrees in the same way. The last line contains the files and the result.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from check.edits import Files, fewer, fewer_files, fewer_statements, smaller_expressions
from programs.start import BaseSettings, Entry, delimiter_of, env_names, fields_of, main_of, start

SECONDS = float(os.environ.get("TAKK_SMALLER", "12"))
SAY = sys.stdout


class OutOfTimeError(Exception):
    """The search has used up its time."""


def noting(entry: Entry, known: list[str]) -> Entry:
    """The entry point, which records the variables that its classes read: a variable that nothing reads is irrelevant."""

    def run() -> None:
        before = set(subclasses(BaseSettings))
        try:
            entry()
        finally:
            for cls in set(subclasses(BaseSettings)) - before:
                known.extend(name.upper() for name in names_read(cls))

    return run


def subclasses(base: type) -> list[type]:
    return [found for cls in base.__subclasses__() for found in (cls, *subclasses(cls))]


def names_read(cls: type) -> list[str]:
    """The variables of a class, and `NAME__*` for names with that start, regardless of the prefix in a making."""
    names = []
    for field in fields_of(cls):
        own = env_names(cls, field, {})
        own += [p + field for p in ("PG_", "EU_", "second_")]
        delimiter = delimiter_of(cls, {})
        names += own + [n + delimiter + "*" for n in own if delimiter]
    return names


class Search:
    """Remembers the smallest program that still disagrees."""

    def __init__(self, root: Path, environment: dict[str, str]):
        self.files: Files = {str(f.relative_to(root)): ast.parse(f.read_text()) for f in sorted(root.rglob("*.py"))}
        self.others = {str(f.relative_to(root)): f.read_text() for f in sorted(root.rglob("*")) if f.is_file() and f.suffix != ".py"}
        self.environment = environment
        self.pair: dict = {}
        self.end = time.monotonic() + SECONDS

    def still(self, files: Files, environment: dict[str, str] | None = None) -> bool:
        """Whether the candidate disagrees too. If so, it becomes the best so far."""
        if time.monotonic() > self.end:
            raise OutOfTimeError
        environment = self.environment if environment is None else environment
        if "main.py" not in files:
            return False
        root = Path(tempfile.mkdtemp(prefix="smaller-"))
        try:
            for name, text in [*self.others.items(), *((name, ast.unparse(tree)) for name, tree in files.items())]:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text + "\n")
            known: list[str] = []
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                came = start(root, environment, noting(main_of("main.py"), known))
            if came["other"] or not all(any(name.upper() == k or k.endswith("*") and name.upper().startswith(k[:-1]) for k in known) for name in environment):
                return False
            pair = {"program": str(root), "env": environment, "ways": ["smaller"], **came}
            SAY.write(json.dumps(pair) + "\n")
            SAY.flush()
            if sys.stdin.readline().strip() != "yes":
                return False
            self.files, self.environment, self.pair = files, environment, pair
            return True
        finally:
            shutil.rmtree(root)

    def run(self) -> None:
        """Searches until nothing more can be removed."""
        if not self.still(self.files):
            return
        before = None
        while before != (before := self.size()):
            fewer(sorted(self.environment), lambda kept: self.still(self.files, {name: self.environment[name] for name in kept if name in self.environment}))
            for name in sorted(self.files, key=lambda name: name != "main.py"):
                fewer_statements(self.files, name, self.still)
                smaller_expressions(self.files, name, self.still)
            fewer_files(self.files, self.still)

    def size(self) -> int:
        return sum(len(ast.unparse(tree)) for tree in self.files.values()) + len(repr(self.environment))


def main() -> int:
    search = Search(Path(sys.argv[1]).resolve(), json.loads(sys.stdin.readline()))
    with contextlib.suppress(OutOfTimeError):
        search.run()
    files = search.others | {name: ast.unparse(tree) for name, tree in sorted(search.files.items()) if tree.body}
    SAY.write(json.dumps({"files": files, "pair": search.pair}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
