"""Starts a program with this Python's pydantic, and reports which variables are at fault if it fails.

A program ends at its first settings class that fails. To find the others too, it is started again with that making excused: its instance
stays empty, and the program continues. An error that the program itself catches (`try: Settings()` `except ValidationError`) is not a
fault. Text that cannot be decoded is a `SettingsError`, which may hide a `ValidationError` that the program does catch: it is raised to
find out.
"""

from __future__ import annotations

import importlib
import os
import re
import runpy
import sys
import warnings
from pathlib import Path
from typing import Any, Callable

import pydantic

V1 = pydantic.VERSION.startswith("1.")
if V1:
    from pydantic import BaseSettings, ValidationError
    from pydantic.env_settings import SettingsError
else:
    from pydantic import ValidationError
    from pydantic_settings import BaseSettings, EnvSettingsSource

    try:
        from pydantic_settings import SettingsError
    except ImportError:
        from pydantic_settings.sources import SettingsError

#: How many times a program is started again with one more making excused.
MOST_STARTS = 12

#: The kind of fault for text that cannot be decoded.
DECODING = "json"

Entry = Callable[[], Any]


def start(root: Path, environment: dict[str, str], entry: Entry, paths: list[str] | None = None) -> dict[str, Any]:
    """Whether the entry point succeeds in that environment, and the faults of every making that fails."""
    excused: dict[int, list[dict]] = {}
    stops: dict[int, bool] = {}
    error = other = None
    for _ in range(MOST_STARTS):
        recorder = Recorder(environment, excused, stops)
        other = once(root, environment, entry, paths or ["."], recorder)
        if recorder.asked is not None:
            stops[recorder.asked] = other is recorder.behind
            if other is recorder.behind:
                continue
        if other is None or not isinstance(other, (ValidationError, SettingsError)):
            break
        error = error or f"{type(other).__name__}: {other}"
        if recorder.last is None or recorder.last in excused:
            break
        excused[recorder.last] = []
    faults = [fault for found in excused.values() for fault in found]
    if error is not None and other is not None and not isinstance(other, (ValidationError, SettingsError)):
        # pydantic itself fails on the combination of some variables, and does not say which.
        faults.append({"class": "", "loc": [], "kind": type(other).__name__, "names": [], "below": [], "full": []})
    if other is not None and error is None:
        return {"starts": False, "faults": [], "error": f"{type(other).__name__}: {other}", "other": True}
    caught = [fault for number, found in recorder.failed.items() if number not in excused and (other is None or number != recorder.last) for fault in found]
    return {"starts": error is None, "faults": unique(faults), "caught": unique(caught), "error": error, "other": False}


def once(root: Path, environment: dict[str, str], entry: Entry, paths: list[str], recorder: "Recorder") -> BaseException | None:
    """What the entry point raises, in a fresh process."""
    before, known = list(sys.path), set(sys.modules)
    os.chdir(root)
    os.environ.clear()
    # In the order in which a program that takk starts finds them.
    os.environ.update(sorted(environment.items()))
    sys.path[:0] = [str(root / path) for path in paths]
    importlib.invalidate_caches()
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    try:
        with recorder:
            entry()
    except SystemExit as problem:
        return problem if problem.code else None
    except BaseException as problem:  # noqa: BLE001 whatever the program raises
        return problem
    finally:
        sys.path[:] = before
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None) or root).startswith(str(root)):
                del sys.modules[name]
    return None


def main_of(file: str) -> Entry:
    """Runs a file like `python file`, and instantiates the classes that exist for other programs: those in `unmade.txt`."""

    def run() -> None:
        runpy.run_path(file, run_name="__main__")
        unmade = Path("unmade.txt")
        for line in unmade.read_text().split() if unmade.exists() else []:
            module, name = line.split(":")
            getattr(importlib.import_module(module), name)()

    return run


class Recorder:
    """Wraps `BaseSettings.__init__`: counts the makings, and skips those that are excused."""

    def __init__(self, environment: dict[str, str], excused: dict[int, list[dict]], stops: dict[int, bool]):
        self.environment = environment
        self.excused = excused
        #: By making, whether the error behind text that cannot be decoded stops the program.
        self.stops = stops
        #: The making for which this is being determined, and the error behind it.
        self.asked: int | None = None
        self.behind: BaseException | None = None
        self.number = 0
        self.last: int | None = None
        self.error: BaseException | None = None
        #: The faults of each failed making, by its number.
        self.failed: dict[int, list[dict]] = {}

    def __enter__(self) -> None:
        self.original = original = BaseSettings.__init__
        recorder = self

        def __init__(__pydantic_self__: Any, *args: Any, **values: Any) -> None:  # noqa: N807
            recorder.making(original, __pydantic_self__, args, values)

        BaseSettings.__init__ = __init__

    def __exit__(self, *_: Any) -> None:
        BaseSettings.__init__ = self.original

    def making(self, original: Callable, instance: Any, args: tuple, values: dict[str, Any]) -> None:
        self.number += 1
        number = self.number
        if number in self.excused:
            found, behind = faults_of(self, original, instance, args, values)
            decoding = [fault for fault in found if fault["kind"] == DECODING]
            if behind is None or len(decoding) in (0, len(found)) or self.stops.get(number):
                self.excused[number] = found
                empty(instance)
                return
            if number not in self.stops:
                self.asked, self.behind = number, behind
            self.excused[number], self.error = decoding, behind
            raise behind
        try:
            original(instance, *args, **values)
        except (ValidationError, SettingsError) as error:
            # An error from a nested making, such as that of a default, belongs to that making.
            if error is not self.error:
                self.failed[number], _ = faults_of(self, original, instance, args, values)
                self.last, self.error, self.number = number, error, number
            raise


def faults_of(recorder: Recorder, original: Callable, instance: Any, args: tuple, values: dict[str, Any]) -> tuple[list[dict], BaseException | None]:
    """Every fault of one making, and the `ValidationError` that it comes to. A `SettingsError` stops at its field: the field's variables are taken away to see what is behind it."""
    cls, faults, decoded, behind = type(instance), [], set(), None
    kept, number = dict(os.environ), recorder.number
    try:
        for _ in range(MOST_STARTS):
            recorder.number = number
            try:
                original(instance, *args, **values)
                break
            except ValidationError as error:
                behind = error
                found = [e["loc"] for e in error.errors()]
                faults += [fault(cls, values, loc, e["type"]) for loc, e in zip(found, error.errors()) if head(cls, loc) not in decoded]
                break
            except SettingsError as error:
                name = re.search(r'(?:field|env var) "(\w+)"', str(error))
                field = field_of(cls, name.group(1), values) if name else None
                if field is None or field in decoded:
                    break
                decoded.add(field)
                faults.append(fault(cls, values, (field,), DECODING))
                take_away(faults[-1])
    finally:
        os.environ.clear()
        os.environ.update(kept)
    return faults, behind


def take_away(found: dict) -> None:
    for name in list(os.environ):
        if any(name.upper() == known.upper() for known in found["names"]) or any(name.upper().startswith(p.upper()) for p in found["below"]):
            del os.environ[name]


def empty(instance: Any) -> None:
    """Makes the instance empty, without fields."""
    object.__setattr__(instance, "__dict__", {})
    if V1:
        object.__setattr__(instance, "__fields_set__", set())
        return
    object.__setattr__(instance, "__pydantic_fields_set__", set())
    object.__setattr__(instance, "__pydantic_extra__", None)
    object.__setattr__(instance, "__pydantic_private__", None)


def fields_of(cls: type) -> dict[str, Any]:
    return cls.__fields__ if V1 else cls.model_fields


def head(cls: type, loc: tuple) -> str | None:
    return field_of(cls, loc[0], {}) if loc else None


def field_of(cls: type, key: Any, values: dict[str, Any]) -> str | None:
    """The field in an error, which names it by its name, an alias or (pydantic 1) a variable."""
    key = str(key).lower()
    for name in fields_of(cls):
        if key == name.lower():
            return name
    for name, field in fields_of(cls).items():
        aliases = [field.alias] if V1 else aliases_of(field)
        if key in [a.lower() for a in aliases if a] or key in [n.lower() for n in env_names(cls, name, values)]:
            return name
    return None


def aliases_of(field: Any) -> list[str]:
    alias = field.validation_alias
    if alias is None or isinstance(alias, str):
        return [alias] if alias else []
    choices = getattr(alias, "choices", [alias])
    return [str(c if isinstance(c, str) else c.path[0]) for c in choices]


def env_names(cls: type, name: str, values: dict[str, Any]) -> list[str]:
    """The variables from which this making reads the field."""
    if V1:
        found, sensitive = cls.__fields__[name].field_info.extra["env_names"], cls.__config__.case_sensitive
    else:
        source = source_of(cls, values)
        found, sensitive = [env for _, env, _ in source._extract_field_info(cls.model_fields[name], name)], source.case_sensitive
    return list(dict.fromkeys(n if sensitive else n.upper() for n in found))


def source_of(cls: type, values: dict[str, Any]) -> Any:
    given = {key: values[f"_{key}"] for key in ("case_sensitive", "env_prefix", "env_nested_delimiter") if values.get(f"_{key}") is not None}
    return EnvSettingsSource(cls, **given)


def delimiter_of(cls: type, values: dict[str, Any]) -> str | None:
    return (cls.__config__ if V1 else source_of(cls, values)).env_nested_delimiter


def fault(cls: type, values: dict[str, Any], loc: tuple, kind: str) -> dict[str, Any]:
    """One fault: the class and the place, the exact names of its variables, what names below them begin with, and the full names of
    the place itself."""
    name = field_of(cls, loc[0], values) if loc else None
    if name is None:
        return {"class": cls.__qualname__, "loc": [str(part) for part in loc], "kind": kind, "names": [str(p).upper() for p in loc[:1]], "below": [], "full": []}
    names, delimiter = env_names(cls, name, values), delimiter_of(cls, values)
    below = [n + delimiter for n in names] if delimiter else []
    full = [b + delimiter.join(str(p).upper() for p in loc[1:]) for b in below] if len(loc) > 1 else []
    inner = settings_in(fields_of(cls)[name])
    if inner is not None and len(loc) > 1:
        deeper = fault(inner, {}, loc[1:], kind)
        names, below = names + deeper["names"], below + deeper["below"]
    return {"class": cls.__qualname__, "loc": [name, *(str(p) for p in loc[1:])], "kind": kind, "names": names, "below": below, "full": full}


def settings_in(field: Any) -> type | None:
    """The settings class in the type of a field, which reads variables of its own."""
    todo = [field.outer_type_ if V1 else field.annotation]
    while todo:
        one = todo.pop()
        if isinstance(one, type) and issubclass(one, BaseSettings):
            return one
        todo += getattr(one, "__args__", None) or []
    return None


def unique(faults: list[dict]) -> list[dict]:
    return list({repr(fault): fault for fault in faults}.values())
