#!/usr/bin/env python3
"""truth.py [CASES-DIR] [NAME...] [--check]

Generates truth.json of each case with pydantic itself, in the versions of the case's requirements.txt (a virtual environment for each,
created once under target/venvs). If a case says what to `run`, its `needed` is generated too, and added to case.json if it is missing.
With --check, nothing is written: differences are printed, and the exit code is 1. README.md explains the files.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DEFAULT = "pydantic==2.14.4\npydantic-settings==2.16.3\n"


def main() -> int:
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if "--one" in sys.argv:
        with contextlib.redirect_stdout(sys.stderr):  # the program may print
            truth = truth_of(Path(words[0]).resolve())
        print(json.dumps(truth))
        return 0
    check = "--check" in sys.argv
    root = Path(words.pop(0)).resolve() if words and Path(words[0]).is_dir() else HERE
    differing = 0
    for case in sorted(path.parent for path in root.glob("*/case.json")):
        if words and not any(case.name.startswith(word) for word in words):
            continue
        differing += not take(case, check)
    return 1 if check and differing else 0


def take(case: Path, check: bool) -> bool:
    """Generates the truth of one case. Returns whether it is unchanged."""
    told = json.loads((case / "case.json").read_text())
    if "classes" not in told:
        return True
    file = case / "requirements.txt"
    done = subprocess.run([python_for(file.read_text() if file.exists() else DEFAULT), __file__, "--one", case], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{case.name}: {done.stderr}")
        return False
    truth = json.loads(done.stdout)
    needed = truth.pop("needed", None)
    same = needed is None or told.get("needed") == needed
    if not same and "needed" in told:
        print(f"{case.name}: needed is {needed}, case.json says {told.get('needed')}")
    if "needed" not in told and needed is not None and not check:
        (case / "case.json").write_text(json.dumps({**told, "needed": needed}, indent=1) + "\n")
    before = json.loads((case / "truth.json").read_text()) if (case / "truth.json").exists() else None
    if essence(before) != essence(truth):
        same = False
        print(f"{case.name}: {'differs from pydantic' if check else 'written'}")
        if not check:
            (case / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    return same


def essence(truth: dict | None) -> Any:
    """The part that is compared: without the texts of errors and values."""
    if truth is None:
        return None
    classes = {name: {field: (of["env"], of["required"]) if isinstance(of, dict) else of for field, of in fields.items()} for name, fields in truth["classes"].items()}
    return json.dumps([classes, [(probe["env"], probe.get("cls"), probe.get("call"), probe["ok"]) for probe in truth["probes"]]])


def python_for(requirements: str) -> str:
    """The Python interpreter with exactly these packages."""
    directory = ROOT / "target/venvs" / f"cases-{hashlib.sha256(requirements.encode()).hexdigest()[:12]}"
    python = directory / "bin/python"
    if not (directory / "complete").exists():
        venv.create(directory, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements.split()], check=True)
        (directory / "complete").write_text(requirements)
    return str(python)


def truth_of(case: Path) -> dict[str, Any]:
    """The whole truth, from the Python interpreter of the case."""
    sys.path.insert(0, str(ROOT / "tests/differential"))
    from programs import start

    told = json.loads((case / "case.json").read_text())
    paths = told.get("path", ["."])
    classes = {name: described(case, paths, name, told.get("import_env", {}), start) for name in told["classes"]}
    probes = [probed(case, paths, probe, told["classes"], told.get("import_env", {}), start) for probe in told.get("probes", [])]
    truth = {"classes": classes, "probes": probes}
    if "run" in told:
        truth["needed"] = needed(start.start(case, {}, start.main_of(told["run"]), paths))
    return truth


def needed(started: dict[str, Any]) -> list[str]:
    """The first variable of every fault: that of the field itself if it is in a nested model."""
    assert not started["other"], started["error"]
    names = [(fault["full"] or fault["names"])[0] for fault in started["faults"] if fault["names"]]
    return sorted(set(names))


def imported(name: str) -> Any:
    module, _, qualname = name.partition(":")
    found = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found


def described(case: Path, paths: list[str], name: str, environment: dict[str, str], start: Any) -> dict[str, Any]:
    """The fields of a class."""
    found: dict[str, Any] = {}

    def ask() -> None:
        cls = imported(name)
        for field, info in start.fields_of(cls).items():
            required = bool(info.required) if start.V1 else info.is_required()
            default = None if required else repr(info.default)
            kind = info.outer_type_ if start.V1 else info.annotation
            found[field] = {"env": start.env_names(cls, field, {}), "required": required, "default": default, "type": repr(kind)}

    problem = start.once(case, environment, ask, paths, Passing())
    return {"error": f"{type(problem).__name__}: {problem}"} if problem else found


def probed(case: Path, paths: list[str], probe: dict, classes: list[str], environment: dict[str, str], start: Any) -> dict[str, Any]:
    """Whether a class, or a function, starts with the variables of a probe."""
    made: list[str] = []

    def ask() -> None:
        target = imported(probe.get("call") or probe.get("cls") or classes[0])
        os.environ.clear()
        os.environ.update(probe["env"])
        value = target()
        made.append(repr(value.dict() if start.V1 else value.model_dump() if hasattr(value, "model_dump") else value)[:300])

    problem = start.once(case, environment, ask, paths, Passing())
    if problem is None:
        return {**probe, "ok": True, "value": made[0]}
    return {**probe, "ok": False, "error": re.sub(r" at 0x\w+", "", f"{type(problem).__name__}: {problem}")[:400]}


class Passing:
    """Replaces the recorder if nothing is to be recorded."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    sys.exit(main())
