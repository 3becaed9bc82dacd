"""The models of one root: they share its backend, its cache and its context."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from takk import _native, _network
from takk.runtime._backends import native
from takk.runtime._errors import (
    ArgumentError,
    AuthError,
    ConfigError,
    SecretNotFoundError,
    TakkError,
    TransientError,
    forget_raised,
)
from takk.runtime._log import log

if TYPE_CHECKING:
    from takk.runtime._model import SecretModel
    from takk.runtime._plan import SecretField


class Source:
    """Where a cached value is from. It does not contain the value."""

    __slots__ = ("age", "backend", "error", "hits", "path", "pinned", "version")

    def __init__(
        self,
        path: str,
        pinned: str | None,
        version: str | None,
        backend: str,
        age: float,
        hits: int,
        error: TakkError | None,
    ) -> None:
        self.path = path
        """The path, filled in."""
        self.pinned = pinned
        """The version that the field is pinned to."""
        self.version = version
        """The version that was read, where the backend says so."""
        self.backend = backend
        """What messages call the backend."""
        self.age = age
        """Seconds since it was asked for."""
        self.hits = hits
        """How often it was read from the cache."""
        self.error = error
        """Why the last request failed, if it did."""

    def __repr__(self) -> str:
        pinned = "" if self.pinned is None else f"@{self.pinned}"
        version = "" if self.version is None else f", version {self.version}"
        return f"<Source {self.path}{pinned} from {self.backend}{version}, {self.age:.1f} s old, {self.hits} hits>"


class Change:
    """A secret whose value has changed. It does not contain the value."""

    __slots__ = ("fields", "path", "pinned")

    def __init__(self, path: str, pinned: str | None, fields: tuple[str, ...]) -> None:
        self.path = path
        """The path, filled in."""
        self.pinned = pinned
        """The version that the field is pinned to."""
        self.fields = fields
        """The fields with this path, from the root: `db.password`."""

    def __repr__(self) -> str:
        return f"<Change of {self.path}: {', '.join(self.fields)}>"


class Subscription:
    """Ends a subscription: by `cancel`, or as a context manager."""

    __slots__ = ("_cancel",)

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel

    def cancel(self) -> None:
        """Stops the calls. It can be called more than once."""
        self._cancel()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


class Wanted:
    """A field to read, and its path."""

    __slots__ = ("field", "generation", "is_stable", "model", "path")

    def __init__(self, model: SecretModel, field: SecretField, path: str, is_stable: bool, generation: int) -> None:
        self.model = model
        self.field = field
        self.path = path
        self.is_stable = is_stable
        self.generation = generation


_making = threading.Lock()


def _forked() -> None:
    """Replaces the lock, which another thread of the parent process may have held."""
    global _making
    _native.after_fork()
    _making = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


class Tree:
    """The cache of a root model, and the subscribers to its changes."""

    __slots__ = ("__weakref__", "_cache", "_is_blocked", "_listeners", "_refused", "_watch")

    def __init__(self) -> None:
        self._cache: _native.Cache | None = None
        # Whether the cache was created where connections are not allowed: it is not used elsewhere.
        self._is_blocked = False
        self._listeners: tuple[Callable[[Change], object], ...] = ()
        self._watch: int | None = None
        # The requests whose texts could not be converted: the next read fetches them again, since they may have been corrected.
        self._refused: dict[tuple[int, str], int] = {}

    def cache(self, root: SecretModel, subject: str) -> _native.Cache:
        """The cache, created on first use. Raises `ConfigError` without a backend."""
        cache = self._cache
        if cache is not None and self._is_blocked is _network.is_blocked:
            return cache
        backend = root.backend
        if backend is None:
            hint = f"pass one: {type(root).__name__}(..., backend=Env())"
            raise ConfigError(f"{subject}: no backend is set on the root model {type(root).__name__}", hints=[hint])
        with _making:
            if self._cache is None or self._is_blocked is not _network.is_blocked:
                self._is_blocked = _network.is_blocked
                self._use(_native.Cache(native(backend)))
            assert self._cache is not None
            return self._cache

    def _use(self, cache: _native.Cache | None) -> None:
        self._cache = cache
        self._watch = cache.watch() if cache is not None and self._listeners else None

    def swap(self, kept: tuple[_native.Cache, bool] | None) -> tuple[_native.Cache, bool] | None:
        """Replaces the cache, or has one created on next use, and returns the previous one."""
        before = None if self._cache is None else (self._cache, self._is_blocked)
        cache, self._is_blocked = (None, False) if kept is None else kept
        self._use(cache)
        return before

    def read(self, root: SecretModel, model: SecretModel, field: SecretField, refresh: bool) -> Any:
        """The value of a field: from the backend if it is not cached, or with `refresh`."""
        overridden = slots_of(model).overridden(field.index)
        if overridden is not None:
            return overridden[0]
        try:
            wanted = want(root, model, field)
            cache, plan = self.cache(root, field.subject), type(root).__takk_plan__
            if plan.batch == "model" and not refresh and field.marker.ttl != 0:
                read = self._read_together(root, cache, wanted)
            else:
                read = self._read_one(root, cache, wanted, refresh)
            if not refresh and self._refused.get((id(field), wanted.path)) == read.serial:
                read = self._read_one(root, cache, wanted, True)
            return self._value(root, wanted, read)
        finally:
            forget_raised()
            self._tell(root)

    def _read_one(self, root: SecretModel, cache: _native.Cache, wanted: Wanted, refresh: bool) -> _native.Read:
        field, stale_on_error = wanted.field, type(root).__takk_plan__.stale_on_error
        return cache.read(wanted.path, field.version, field.marker.ttl, stale_on_error, refresh, field.subject)

    def _read_together(self, root: SecretModel, cache: _native.Cache, first: Wanted) -> _native.Read:
        """Reads a field, and in the same batch all others of the tree that are not cached."""
        marker = first.field.marker
        kept = cache.fresh(first.path, first.field.version, marker.ttl)
        if kept is not None:
            return kept
        others = []
        for model, field in fields_of(root):
            if field.marker.ttl == 0 or (model is first.model and field is first.field):
                continue
            try:
                others.append(want(root, model, field))
            except ConfigError:
                pass  # Its own read says so.
        read = self._read_all(root, cache, [first, *others])[0]
        if isinstance(read, BaseException):
            raise read
        return read

    def _read_all(
        self, root: SecretModel, cache: _native.Cache, wanted: list[Wanted]
    ) -> list[_native.Read | BaseException]:
        keys = [(item.path, item.field.version, item.field.marker.ttl, item.field.subject) for item in wanted]
        return cache.read_many(keys, type(root).__takk_plan__.stale_on_error)

    def _value(self, root: SecretModel, wanted: Wanted, read: _native.Read) -> Any:
        model, field, path = wanted.model, wanted.field, wanted.path
        stale = read.stale
        if stale is not None:
            log().warning("%s: %s; using the stale value that was read before", field.subject, stale)
        slots = slots_of(model)
        known = slots.kept(field.index, read)
        if known is not None:
            return known
        try:
            value = field.value(read, type(model).__takk_plan__.typed)
        except BaseException:
            self._refused[(id(field), path)] = read.serial
            raise
        if self._refused:
            self._refused.pop((id(field), path), None)
        if field.marker.ttl == 0 or not wanted.is_stable:
            return value
        return slots.keep(field.index, wanted.generation, read, value)

    def prefetch(self, root: SecretModel) -> None:
        """Reads all fields that are not cached, in one batch. Raises failures after the others have been read."""
        items, failures = [], []
        for model, field in fields_of(root):
            if slots_of(model).overridden(field.index) is not None:
                continue
            try:
                items.append(want(root, model, field))
            except TakkError as error:
                failures.append(error)
        try:
            subject = f"cannot prefetch the secrets of {type(root).__name__}"
            cache = self.cache(root, subject)
            for wanted, read in zip(items, self._read_all(root, cache, items)):
                if isinstance(read, BaseException):
                    if not isinstance(read, TakkError):
                        raise read
                    failures.append(read)
                    continue
                try:
                    if self._refused.get((id(wanted.field), wanted.path)) == read.serial:
                        read = self._read_one(root, cache, wanted, True)
                    self._value(root, wanted, read)
                except TakkError as error:
                    failures.append(error)
        finally:
            forget_raised()
            self._tell(root)
        if failures:
            raise _together(failures, sum(1 for _ in fields_of(root)), subject)

    def sources(self) -> list[Source]:
        """The contents of the cache."""
        cache = self._cache
        if cache is None:
            return []
        name = cache.backend
        found = [
            Source(path, pinned, version, name, age, hits, error)
            for path, pinned, version, age, hits, error in cache.sources()
        ]
        forget_raised()
        return found

    def expire(self) -> None:
        """Marks all values as stale."""
        if self._cache is not None:
            self._cache.expire_all()

    def subscribe(self, listener: Callable[[Change], object]) -> Subscription:
        """Calls a listener after each read that finds a changed value."""
        with _making:
            self._listeners = (*self._listeners, listener)
            if self._watch is None and self._cache is not None:
                self._watch = self._cache.watch()
        return Subscription(lambda: self._unsubscribe(listener))

    def _unsubscribe(self, listener: Callable[[Change], object]) -> None:
        with _making:
            kept = list(self._listeners)
            if listener in kept:
                kept.remove(listener)
            self._listeners = tuple(kept)
            if not kept and self._watch is not None and self._cache is not None:
                self._cache.unwatch(self._watch)
                self._watch = None

    def _tell(self, root: SecretModel) -> None:
        if self._watch is None or self._cache is None:
            return
        for path, pinned in self._cache.changes():
            change = Change(path, pinned, tuple(_names_of(root, path, pinned)))
            for listener in self._listeners:
                try:
                    listener(change)
                except Exception as error:
                    log().error("a subscriber to the change of %s raised %s", path, type(error).__name__)


def _together(failures: list[TakkError], count: int, subject: str) -> TakkError:
    """One exception for all failures: of the kind that a retry is least likely to fix."""
    if len(failures) == 1:
        return failures[0]
    kinds = (ConfigError, AuthError, SecretNotFoundError, TransientError)
    kind = next((kind for kind in kinds if any(isinstance(error, kind) for error in failures)), ConfigError)
    most = 20
    shown = "; ".join(str(error) for error in failures[:most])
    more = f"; and {len(failures) - most} more" if len(failures) > most else ""
    return kind(f"{subject}: {len(failures)} of {count} failed: {shown}{more}")


# ------------------------------------------------------------------ the models of a tree


def slots_of(model: SecretModel) -> _native.Slots:
    """Where a model stores its values. A model that skipped validation gets it here."""
    try:
        return model.__takk_slots__
    except AttributeError:
        with _making:
            slots: _native.Slots | None = getattr(model, "__takk_slots__", None)
            if slots is None:
                plan = type(model).__takk_plan__
                slots = _native.Slots(plan.layout, len(plan.fields))
                object.__setattr__(model, "__takk_slots__", slots)
            return slots


def root_of(model: SecretModel) -> SecretModel:
    """The root of a model: itself, if it is no field of another one."""
    root: SecretModel | None = getattr(model, "__takk_root__", None)
    return model if root is None else root


def tree_of(root: SecretModel) -> Tree:
    """What a root shares with its nested models."""
    try:
        return root.__takk_tree__
    except AttributeError:
        with _making:
            tree: Tree | None = getattr(root, "__takk_tree__", None)
            if tree is None:
                tree = Tree()
                object.__setattr__(root, "__takk_tree__", tree)
            return tree


def children_of(model: SecretModel) -> Iterator[tuple[str, SecretModel]]:
    """The models that are fields of a model."""
    plan = type(model).__takk_plan__
    values = model.__dict__
    for name in type(model).__pydantic_fields__:
        value: Any = values.get(name)
        if name not in plan.fields and isinstance(getattr(type(value), "__takk_plan__", None), type(plan)):
            yield name, value


def models_of(root: SecretModel, name: str = "") -> Iterator[tuple[str, SecretModel]]:
    """All models of a tree with their prefix: `db.` for a field `db` of the root."""
    yield name, root
    for child_name, child in children_of(root):
        yield from models_of(child, f"{name}{child_name}.")


def fields_of(root: SecretModel) -> Iterator[tuple[SecretModel, SecretField]]:
    """All secret fields of a tree."""
    for _, model in models_of(root):
        for field in type(model).__takk_plan__.fields.values():
            yield model, field


def wire(root: SecretModel) -> None:
    """Makes a model the root of its nested models. The fields in their paths may have changed."""
    for _, model in models_of(root):
        object.__setattr__(model, "__takk_root__", None if model is root else root)
        slots_of(model).forget()


# ------------------------------------------------------------------ paths


def context_names(root: SecretModel) -> list[str]:
    """The fields that can fill in a path: all of the root except secrets, the backend and secret models."""
    models = {name for name, _ in children_of(root)}
    secrets = type(root).__takk_plan__.fields
    return [
        name
        for name in type(root).__pydantic_fields__
        if name != "backend" and name not in secrets and name not in models
    ]


def want(root: SecretModel, model: SecretModel, field: SecretField) -> Wanted:
    """The current path of a field. Raises `MissingContextVariableError`."""
    generation = slots_of(model).generation
    template = field.marker.path
    if not field.placeholders and "{" not in template and "}" not in template:
        return Wanted(model, field, template, True, generation)
    context: dict[str, str] = {}
    is_stable = True
    if field.placeholders:
        names, values = context_names(root), root.__dict__
        for name in field.placeholders:
            if name in names and name in values:
                context[name], is_this_stable = _text_of(values[name], name, field)
                is_stable = is_stable and is_this_stable
        if len(context) < len(set(field.placeholders)):
            _native.check_template(template, names, field.subject)
    return Wanted(model, field, _native.interpolate(template, context, field.subject), is_stable, generation)


def _text_of(value: object, name: str, field: SecretField) -> tuple[str, bool]:
    """A field of the context as `str.format` writes it, and whether it stays the same until the field is set."""
    if type(value) is str:
        return value, True
    if hasattr(value, "get_secret_value"):
        message = f"{field.subject}: `{{{name}}}` is a {type(value).__name__}, which hides its text"
        raise ConfigError(message, hints=["fill paths in from fields that are no secrets"])
    if isinstance(value, Enum) and isinstance(value, (str, int, float)):
        # As before Python 3.12, where `format` gives `Stage.prod`.
        value = value.value
    try:
        text = format(value, "")
    except Exception as error:
        message = f"{field.subject}: `{{{name}}}` cannot be written as text: it raised {type(error).__name__}"
        raise ConfigError(message) from None
    module = type(value).__module__
    is_stable = value is None or isinstance(value, Enum) or module in ("builtins", "datetime", "decimal", "pathlib", "uuid")
    return text, is_stable and not isinstance(value, (list, dict, set, bytearray, tuple, frozenset))


def check_paths(root: SecretModel) -> None:
    """Raises `MissingContextVariableError` for the first path that cannot be filled in."""
    names = context_names(root)
    for _, field in fields_of(root):
        if "{" in field.marker.path or "}" in field.marker.path:
            _native.check_template(field.marker.path, names, field.subject)


def _names_of(root: SecretModel, path: str, pinned: str | None) -> Iterator[str]:
    for at, model in models_of(root):
        for field in type(model).__takk_plan__.fields.values():
            try:
                is_this = field.version == pinned and want(root, model, field).path == path
            except TakkError:
                continue
            if is_this:
                yield f"{at}{field.name}"


def values_of(overrides: Mapping[str, Any], model: SecretModel) -> list[tuple[SecretModel, SecretField, Any]]:
    """Resolves names like `db.password` from a model, with the values given for them."""
    return [(*find(model, name), value) for name, value in overrides.items()]


def find(model: SecretModel, name: str) -> tuple[SecretModel, SecretField]:
    """Resolves a name like `db.password` from a model. Raises `ArgumentError`."""
    *path, last = name.split(".")
    owner: SecretModel | None = model
    for part in path:
        owner = next((child for known, child in children_of(owner) if known == part), None) if owner else None
    field = type(owner).__takk_plan__.fields.get(last) if owner is not None else None
    if owner is None or field is None:
        known = [f"{at}{field}" for at, inner in models_of(model) for field in type(inner).__takk_plan__.fields]
        raise ArgumentError(
            f"{name!r} is not a secret field of {type(model).__name__}", hints=[f"its secret fields are: {', '.join(known)}"]
        )
    return owner, field
