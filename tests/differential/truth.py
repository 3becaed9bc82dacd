#!/usr/bin/env python3
"""truth.py PROJECTDIR

Imports every module of the project under this Python's pydantic and prints, as JSON, what each settings class reads from the
environment. The environment is emptied first. Modules that fail to import are listed under `failed`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from pathlib import Path

from pydantic import v1
from pydantic_settings import BaseSettings

from ask import legacy, modern


def modules(root: Path) -> list[str]:
    """The dotted names of the project's modules, packages before their modules."""
    found = []
    for base in (root / "src", root):
        for file in base.rglob("*.py"):
            relative = file.relative_to(base)
            if base == root and relative.parts[0] == "src":
                continue
            parts = relative.parts[:-1] if relative.name == "__init__.py" else (*relative.parts[:-1], relative.stem)
            found.append(".".join(parts))
    return sorted(set(found))


def ask(root: Path, only: tuple[str, str] | None = None) -> dict:
    """The truth about a project, or about one class (module, qualified name) and what its module imports."""
    os.environ.clear()
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    sys.path[:0] = [str(root), str(root / "src")]
    names, failed = modules(root), {}
    for name in [only[0]] if only else names:
        try:
            importlib.import_module(name)
        except Exception as problem:  # noqa: BLE001 whatever the module raises
            failed[name] = f"{type(problem).__name__}: {problem}"
    classes = {}
    for base, asker in ((BaseSettings, modern), (v1.BaseSettings, legacy)):
        for cls in subclasses(base):
            module, qualname = name_of(cls, names)
            key = f"{module}:{qualname}"
            if only and only != (module, qualname):
                continue
            if module in names and "[" not in qualname and (key not in classes or reachable(cls)):
                described = asker.describe(cls)
                if qualname != cls.__qualname__:
                    described |= {"module": module, "qualname": qualname, "kind": "module"}
                classes[key] = described
    return {"failed": failed, "classes": [classes[key] for key in sorted(classes)]}


def name_of(cls: type, names: list[str]) -> tuple[str, str]:
    """Module and qualified name; for a class that a function creates, the name that a module gives it."""
    if "<locals>" in cls.__qualname__:
        for name in [cls.__module__, *names]:
            for bound, value in vars(sys.modules.get(name, object)).items():
                if value is cls:
                    return name, bound
    return cls.__module__, cls.__qualname__


def subclasses(base: type) -> list[type]:
    found, todo = {}, [base]
    while todo:
        for cls in todo.pop().__subclasses__():
            if cls not in found:
                found[cls] = None
                todo.append(cls)
    return list(found)


def reachable(cls: type) -> bool:
    """Whether its module contains the class under that name."""
    found = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is cls


if __name__ == "__main__":
    json.dump(ask(Path(sys.argv[1]).resolve()), sys.stdout, indent=1, ensure_ascii=False)
