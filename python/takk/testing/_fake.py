"""A backend that makes up values for the fields of models."""

from __future__ import annotations

import json
import re
import string
import threading
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, get_args, get_origin

from takk.runtime._backends import Backend, Version
from takk.runtime._errors import ArgumentError, ConfigError, TakkError
from takk.runtime._model import SecretModel
from takk.runtime._plan import SecretField
from takk.runtime._tree import _text_of
from takk.testing._values import texts_for

if TYPE_CHECKING:
    from typing_extensions import Self


class UnknownPathError(ConfigError):
    """A path was read from a fake backend that no field of its models has. It is not a `SecretNotFoundError`, so that a program that
    can do without a secret does not hide it."""


class NoValueError(ConfigError):
    """A fake backend cannot make up a value that a field accepts: the test has to give one."""


class Declared:
    """A secret field of a model, and its possible paths."""

    def __init__(self, names: list[str], field: SecretField, typed: bool, context: Mapping[str, object]) -> None:
        self.names = names
        self.field = field
        self.typed = typed
        self.is_read = False
        pattern, shown, self.rank = "", "", 0
        groups: set[str] = set()
        for literal, name, _, _ in _parsed(field.marker.path):
            pattern += re.escape(literal)
            shown += literal
            self.rank += len(literal)
            if name is None:
                continue
            if name in context:
                text = _text_of(context[name], name, field)[0]
                pattern += re.escape(text)
                shown += text
                self.rank += len(text)
            else:
                pattern += f"(?P={name})" if name in groups else f"(?P<{name}>.*?)" if name.isidentifier() else ".*?"
                shown += f"{{{name}}}"
                groups.add(name)
        self.shown = shown
        """The path, with placeholders where the context has no value."""
        self._pattern = re.compile(pattern, re.DOTALL)

    @property
    def label(self) -> str:
        """Its name in messages."""
        return f"{self.names[0]} ({_key(self.shown, self.field.version)})"

    def is_at(self, path: str, version: str | None) -> bool:
        """Whether the field may be read at this path."""
        return self.field.version == version and self._pattern.fullmatch(path) is not None

    def accepts(self, text: str) -> bool:
        """Whether the field accepts a text."""
        try:
            self.field.value(_Text(text), self.typed)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
        except TakkError:
            return False
        return True


class _Text:
    """As much of a read as the conversion of a field needs."""

    def __init__(self, text: str) -> None:
        self.text = text


class Given:
    """A value that the test gives."""

    def __init__(self, label: str, value: object) -> None:
        self.label = label
        self.value = _given(label, value)
        self.is_read = False


class FakeBackend(Backend):
    """A backend for tests with a value at every path of its models, made up from the field's type: tests do not have to list them.

    A value is the same in every run, and differs from path to path. `str` gets `fake:/prod/db/password`, an `int` a number that may be a
    port, `dict` and `list` JSON; with `typed=True` it is one that the type accepts, with its constraints. For a `transform` of the program
    none can be made: give one.

    Args:
        models: The models whose secrets are read: roots, with their nested models, and others that are assigned to their fields.
        values: Values in place of the made-up ones, by the name of a field (`db.password`, `Db.password`) or by path (`/prod/db`,
            `/prod/db@3` for a pinned version). A text is what the backend returns, so it is cast; numbers, `bool`, `dict` and `list` are
            written as text; an exception is raised.
        context: The values of placeholders in paths. A placeholder without a value matches any text.
        strict: Whether `verify` also requires that all secrets of the models were read.

    Raises:
        ArgumentError: For a value or a context that belongs to no field. It suggests the closest name.
    """

    def __init__(
        self,
        *models: type[SecretModel],
        values: Mapping[str, object] | None = None,
        context: Mapping[str, object] | None = None,
        strict: bool = False,
    ) -> None:
        self.calls: list[tuple[str, Version]] = []
        """The paths that were read, with the versions."""
        self.unknown: list[str] = []
        """The paths that were read and are no model's."""
        self._lock = threading.Lock()
        self._strict = strict
        context = dict(context or {})
        for model in models:
            if not (isinstance(model, type) and issubclass(model, SecretModel)):
                raise ArgumentError(f"a fake backend is made for classes of SecretModel, and {model!r} is none")
        self._declared = _declared(models, context)
        _check_context(models, context)
        self._made: dict[str, str] = {}
        self._by_path: dict[str, Given] = {}
        self._by_field: dict[SecretField, Given] = {}
        self.give(values or {})

    def give(self, values: Mapping[str, object]) -> None:
        """Sets values, like the argument: for example after a rotation.

        Raises:
            ArgumentError: For a value that belongs to no secret field.
        """
        for name, value in values.items():
            given = Given(name, value)
            fields = self._fields_of(name)
            with self._lock:
                if fields:
                    self._by_field.update(dict.fromkeys(fields, given))
                else:
                    self._by_path[name] = given

    def get(self, path: str, *, version: Version = None) -> str:
        """The value that was given, or a made-up one."""
        pinned = None if version is None else str(version)
        key = _key(path, pinned)
        with self._lock:
            self.calls.append((path, version))
            fitting = sorted((each for each in self._declared if each.is_at(path, pinned)), key=lambda each: -each.rank)
            for each in fitting:
                each.is_read = True
            given = self._by_path.get(key) or next(
                (self._by_field[each.field] for each in fitting if each.field in self._by_field), None
            )
            if given is not None:
                given.is_read = True
                if isinstance(given.value, BaseException):
                    # Without the frames of earlier reads, which would accumulate.
                    raise given.value.with_traceback(None)
                return given.value
            if not fitting:
                self.unknown.append(key)
                hints = self._hints(key)
                raise UnknownPathError(f"the fake backend has no field with the path {key}", hints=hints)
            if key not in self._made:
                self._made[key] = _made(fitting, key)
            return self._made[key]

    def unread(self) -> list[str]:
        """The given values that were not read; with `strict`, the fields that were not."""
        with self._lock:
            given = {given.label: given for given in [*self._by_path.values(), *self._by_field.values()]}
        found = [f"{label}, which was given a value" for label, each in given.items() if not each.is_read]
        if self._strict:
            found += [each.label for each in self._declared if not each.is_read and each.field not in self._by_field]
        return found

    def verify(self) -> None:
        """Fails if the test and the program do not match.

        Raises:
            AssertionError: If a given value was not read, or if a path was read that belongs to no model; with `strict`, if a secret of
                the models was not read.
        """
        problems = [f"not read: {label}" for label in self.unread()]
        for key in dict.fromkeys(self.unknown):
            problems.append("; ".join([f"read, and no field's path: {key}", *self._hints(key)]))
        if problems:
            raise AssertionError("\n".join(["takk's fake backend:", *problems]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.verify()

    def __repr__(self) -> str:
        return f"<FakeBackend: {len(self._declared)} fields>"

    def _fields_of(self, name: str) -> list[SecretField]:
        """The fields of this name; none for a path. Raises `ArgumentError` if it is neither."""
        named = list({each.field: None for each in self._declared if name in each.names})
        if len({each.marker.path for each in named}) > 1:
            choices = ", ".join(f"{field.owner.__name__}.{field.name}" for field in named)
            raise ArgumentError(f"{name!r} is the name of several secrets", hints=[f"say which: {choices}, or the path"])
        templates = [each.field for each in self._declared if name in _keys(each)]
        if named or templates:
            return named or templates
        path, _, version = name.rpartition("@")
        if not self._declared or any(each.is_at(name, None) or each.is_at(path, version) for each in self._declared):
            return []
        raise ArgumentError(f"{name!r} is neither the name nor the path of a secret of the models", hints=self._hints(name))

    def _hints(self, name: str) -> list[str]:
        """The closest path, or the closest name if it looks like one."""
        known: list[str] = [key for each in self._declared for key in _keys(each)] + list(self._by_path)
        if "/" not in name:
            known += [each for declared in self._declared for each in declared.names]
        return _nearest(name, known)


def fake_backend(
    *models: type[SecretModel], values: Mapping[str, object] | None = None, strict: bool = False, **context: object
) -> FakeBackend:
    """A `FakeBackend` with its context as keywords: `fake_backend(App, values={"db_port": 5432}, stage="prod")`.

    Outside of pytest use it as a context manager, which calls `verify` at its end. If a field of the model is called `values` or
    `strict`, use `FakeBackend`.
    """
    return FakeBackend(*models, values=values, context=context, strict=strict)


class FakeBackends:
    """The fixture `takk_secrets`: creates fake backends like `fake_backend`, and verifies them when the test has passed."""

    def __init__(self) -> None:
        self._made: list[FakeBackend] = []

    def __call__(
        self, *models: type[SecretModel], values: Mapping[str, object] | None = None, strict: bool = False, **context: object
    ) -> FakeBackend:
        """As `fake_backend`."""
        backend = FakeBackend(*models, values=values, context=context, strict=strict)
        self._made.append(backend)
        return backend

    def verify(self) -> None:
        """Calls `verify` of all of them."""
        for backend in self._made:
            backend.verify()


# ------------------------------------------------------------------ what models declare


def _declared(models: Iterable[type[SecretModel]], context: Mapping[str, object]) -> list[Declared]:
    """The secret fields of models and their nested models, each once, with all of its names."""
    names: dict[SecretField, list[str]] = {}
    for model in models:
        for name, field in _fields_of_tree(model, "", ()):
            names.setdefault(field, []).append(name)
    return [
        Declared([*names[field], f"{field.owner.__name__}.{field.name}"], field, _is_typed(field), context) for field in names
    ]


def _is_typed(field: SecretField) -> bool:
    typed: bool = getattr(field.owner, "__takk_plan__").typed
    return typed


def _fields_of_tree(model: type[SecretModel], at: str, above: tuple[type[SecretModel], ...]) -> Iterator[tuple[str, SecretField]]:
    if model in above:
        return
    model.model_rebuild()
    fields = model.__takk_plan__.fields
    for name, field in fields.items():
        yield f"{at}{name}", field
    for name, info in model.model_fields.items():
        if name in fields:
            continue
        for child in _models_in(info.annotation):
            yield from _fields_of_tree(child, f"{at}{name}.", (*above, model))


def _models_in(annotation: Any) -> Iterator[type[SecretModel]]:
    """The models that a value of a type can be, without those in lists and dictionaries, which have a root of their own."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        if issubclass(annotation, SecretModel):
            yield annotation
    elif get_origin(annotation) not in (list, dict, set, tuple, frozenset):
        for argument in get_args(annotation):
            yield from _models_in(argument)


def _check_context(models: Iterable[type[SecretModel]], context: Mapping[str, object]) -> None:
    known = {name for model in models for name in model.model_fields if name not in model.__takk_plan__.fields}
    known.discard("backend")
    for name in context:
        if name not in known:
            raise ArgumentError(f"{name!r} is no field that fills in a path", hints=_nearest(name, sorted(known)))


def _parsed(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(string.Formatter().parse(template))
    except ValueError:
        # Instantiating the model reports what is wrong with it.
        return [(template, None, None, None)]


# ------------------------------------------------------------------ values


def _given(label: str, value: object) -> str | BaseException:
    if isinstance(value, (str, BaseException)):
        return value
    if isinstance(value, (bool, int, float, dict, list)):
        try:
            return json.dumps(value)
        except (TypeError, ValueError):
            pass
    hint = "give the text that the backend has, a number, bool, dict or list that JSON can write, or an exception"
    raise ArgumentError(f"the value of {label!r} is a {type(value).__name__}", hints=[hint])


def _made(fields: list[Declared], key: str) -> str:
    """A text that all fields read at a path accept; if there is none, one for the field with the longest fixed path."""
    first: str | None = None
    for each in fields:
        for text in _texts(each, key):
            if not each.accepts(text):
                continue
            if all(other.accepts(text) for other in fields if not _is_opaque(other.field)):
                return text
            first = first if first is not None or each is not fields[0] else text
    if first is not None:
        return first
    field = fields[0].field
    annotation = field.owner.model_fields[field.name].annotation
    why = "its transform is the program's own" if _is_opaque(field) else f"its type is {_type_text(annotation)}"
    hint = f"give one: values={{{fields[0].names[0]!r}: ...}}"
    raise NoValueError(f"{field.subject}: the fake backend cannot make a value for it: {why}", hints=[hint])


def _texts(each: Declared, key: str) -> Iterator[str]:
    """Candidates for a field. None for an unknown transform, which is not called to try."""
    field, transform = each.field, each.field.marker.transform
    info = field.owner.model_fields[field.name]
    if transform is None or transform is json.loads:
        yield from texts_for(info.annotation, list(info.metadata), key)
    elif isinstance(transform, type) and transform.__module__ in _PLAIN_MODULES:
        yield from texts_for(transform, [], key)
    elif not _is_opaque(field):
        yield f"fake:{key}"


_PLAIN_MODULES = ("builtins", "datetime", "decimal", "pathlib", "pydantic.networks", "pydantic.types", "uuid")


def _is_opaque(field: SecretField) -> bool:
    """Whether its transform is a function of the program: only the program knows what it accepts."""
    transform = field.marker.transform
    if transform is None or transform is json.loads:
        return False
    if isinstance(transform, type):
        return transform.__module__ not in _PLAIN_MODULES
    return getattr(transform, "__objclass__", None) is not str


def _type_text(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) and get_origin(annotation) is None else str(annotation)


# ------------------------------------------------------------------ texts of messages


def _key(path: str, version: str | None) -> str:
    return path if version is None else f"{path}@{version}"


def _keys(each: Declared) -> set[str]:
    """The path as declared and as shown, with the pinned version."""
    return {_key(path, each.field.version) for path in (each.shown, each.field.marker.path)}


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    from difflib import SequenceMatcher

    ranked = sorted(set(known), key=lambda each: (-SequenceMatcher(None, name, each).ratio(), each))
    return [f"the nearest one is {ranked[0]}"] if ranked else []
