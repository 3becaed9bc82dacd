"""Backends, which secrets are read from: those of the native module, and a program's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from takk import _native, _network
from takk.runtime._errors import ArgumentError, Parts, SecretNotFoundError, TransientError, forget_raised, parts

Version = int | str | None
Native = _native.Backend


class Backend(ABC):
    """A source of secrets. To write one, implement `get`, and raise the exceptions of `takk.runtime`.

    `get` may be a coroutine function: it runs on an event loop of its own (see `AsyncBackend`).
    """

    @abstractmethod
    def get(self, path: str, *, version: Version = None) -> str:
        """The text at a path, at a version if one is pinned and the backend has versions."""

    def get_batch(self, paths: list[str]) -> dict[str, str]:
        """The current texts at many paths. The default calls `get` for one after another."""
        found: dict[str, str] = {}
        for path in paths:
            if path not in found:
                found[path] = self.get(path)
        return found


class AsyncBackend(ABC):
    """A source of secrets whose calls are coroutines.

    They run on one event loop for all backends, in a thread of its own, whichever thread reads: a client that is bound to a loop always
    gets the same one, and a read that blocks another loop cannot deadlock.
    """

    @abstractmethod
    async def get(self, path: str, *, version: Version = None) -> str:
        """As `Backend.get`."""

    async def get_batch(self, paths: list[str]) -> dict[str, str]:
        """As `Backend.get_batch`. The default calls `get` for all concurrently."""
        import asyncio

        unique = list(dict.fromkeys(paths))
        return dict(zip(unique, await asyncio.gather(*(self.get(path) for path in unique))))


class NativeBackend(Backend):
    """A backend of the native module."""

    _native: _native.Backend

    def get(self, path: str, *, version: Version = None) -> str:
        return _asked(self).get(path, _version_text(path, version))

    def get_batch(self, paths: list[str]) -> dict[str, str]:
        return _asked(self).get_batch(list(dict.fromkeys(paths)))

    def _without_network(self) -> Native:
        """What replaces it where connections are not allowed."""
        return self._native

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._native.name}>"

    def __reduce__(self) -> Any:
        raise NotImplementedError(f"a {type(self).__name__} backend cannot be pickled: make one in each process")


class Env(NativeBackend):
    """Environment variables: `/db/prod/password` is `DB_PROD_PASSWORD`, behind `prefix` and a `_`. Versions are ignored."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self._native = _native.env(prefix)


class Remote(NativeBackend):
    """A backend that connects."""

    def _without_network(self) -> _native.Backend:
        return refusing(self._native)


def native(backend: Backend | AsyncBackend) -> _native.Backend:
    """The native counterpart of a backend, or its replacement where connections are not allowed."""
    if isinstance(backend, NativeBackend) and not _is_changed(backend):
        return _asked(backend)
    return connecting(backend)


def _asked(backend: NativeBackend) -> _native.Backend:
    return backend._without_network() if _network.is_blocked else backend._native


def connecting(backend: Backend | AsyncBackend) -> _native.Backend:
    """The native counterpart of a backend, which may connect."""
    if isinstance(backend, NativeBackend) and not _is_changed(backend):
        return backend._native
    if isinstance(backend, (Backend, AsyncBackend)):
        name = f"the backend {type(backend).__name__}"
        return _native.bridge(name, _reader(backend, name))
    raise ArgumentError(f"a {type(backend).__name__} is no Backend: derive its class from takk.runtime.Backend")


def _is_changed(backend: NativeBackend) -> bool:
    """Whether a program's subclass overrides how it reads, and may call the native one with `super()`."""
    kind = type(backend)
    return kind.get is not NativeBackend.get or kind.get_batch is not NativeBackend.get_batch


def refusing(backend: _native.Backend) -> _native.Backend:
    """Replaces a backend that would connect, in a test that must not."""
    message = f"a test may not ask {backend.name}"
    hints = [
        "give the model a fake backend (the fixture takk_secrets)",
        "or let this test connect: @pytest.mark.takk_network",
    ]
    return _native.bridge(backend.name, lambda keys, _left: [("config", message, hints, None)] * len(keys))


# Versions that are strings of digits: the native module only knows strings, and returns numbers for all others.
_texts: set[tuple[str, str]] = set()


def _version_text(path: str, version: Version) -> str | None:
    if version is None:
        return None
    if isinstance(version, str) and version.isdecimal():
        _texts.add((path, version))
    return str(version)


def version_text(path: str, version: Version) -> str | None:
    """A version as the native module expects it."""
    return _version_text(path, version)


def _version(path: str, text: str | None) -> Version:
    if text is None or not text.isdecimal() or (path, text) in _texts:
        return text
    return int(text)


Key = tuple[str, str | None]
Given = str | Parts


def _reader(backend: Backend | AsyncBackend, name: str) -> Callable[[list[Key], float | None], list[Given]]:
    from inspect import iscoroutinefunction

    if isinstance(backend, AsyncBackend):
        return lambda keys, left: _read_async(backend.get, _batch_of(backend, AsyncBackend), keys, left, name)
    if iscoroutinefunction(backend.get):
        get: Any = backend.get
        batch = _batch_of(backend, Backend)
        return lambda keys, left: _read_async(get, batch, keys, left, name)
    return lambda keys, _left: _read(backend, keys, name)


def _batch_of(backend: Any, base: type) -> Any:
    """Its own `get_batch`, if it has one. That of a native backend would bypass an overridden `get`."""
    known = (getattr(base, "get_batch"), NativeBackend.get_batch)
    return None if type(backend).get_batch in known else backend.get_batch


def _asking(name: str, path: str, version: str | None) -> str:
    return f"cannot read `{path}{'' if version is None else f'@{version}'}` from {name}"


def _given(text: object, name: str, key: Key) -> Given:
    if isinstance(text, str):
        return text
    return "config", f"{_asking(name, *key)}: it gave a {type(text).__name__} and no str", [], None


def _plain(keys: Sequence[Key]) -> list[str]:
    return [path for path, version in keys if version is None]


def _read(backend: Backend, keys: list[Key], name: str) -> list[Given]:
    """Reads keys: those without a version in one batch if there are several, then the others. Never raises."""
    batch: Mapping[str, Any] = {}
    plain, get_batch = _plain(keys), _batch_of(backend, Backend)
    if len(plain) > 1 and get_batch is not None:
        try:
            batch = get_batch(plain)
        except (SecretNotFoundError, LookupError):
            pass  # Nobody knows which: they are asked one by one, and the others are not lost.
        except BaseException as error:
            failure = parts(error, f"cannot read {len(plain)} paths from {name}")
            return [failure if version is None else _get(backend, (path, version), name) for path, version in keys]
    given: list[Given] = []
    for path, version in keys:
        is_there = version is None and path in batch
        given.append(_given(batch[path], name, (path, None)) if is_there else _get(backend, (path, version), name))
    return given


def _get(backend: Backend, key: Key, name: str) -> Given:
    path, version = key
    try:
        return _given(backend.get(path, version=_version(path, version)), name, key)
    except BaseException as error:
        return parts(error, _asking(name, path, version))


def _parts_elsewhere(error: BaseException, where: str) -> Parts:
    """`parts` on the loop's thread, which is not the one that raises."""
    failure = parts(error, where)
    forget_raised()
    return failure


def _read_async(
    get: Callable[..., Awaitable[str]],
    get_batch: Callable[[list[str]], Awaitable[Mapping[str, Any]]] | None,
    keys: list[Key],
    left: float | None,
    name: str,
) -> list[Given]:
    from takk.runtime._loop import run

    async def one(key: Key) -> Given:
        path, version = key
        try:
            return _given(await get(path, version=_version(path, version)), name, key)
        except Exception as error:
            return _parts_elsewhere(error, _asking(name, path, version))

    async def all_of_them() -> list[Given]:
        import asyncio

        batch: Mapping[str, Any] = {}
        plain = _plain(keys)
        if len(plain) > 1 and get_batch is not None:
            try:
                batch = await get_batch(plain)
            except (SecretNotFoundError, LookupError):
                pass
            except Exception as error:
                failure = _parts_elsewhere(error, f"cannot read {len(plain)} paths from {name}")
                pinned = await asyncio.gather(*(one(key) for key in keys if key[1] is not None))
                rest = iter(pinned)
                return [failure if version is None else next(rest) for _, version in keys]
        is_there = [version is None and path in batch for path, version in keys]
        asked = iter(await asyncio.gather(*(one(key) for key, there in zip(keys, is_there) if not there)))
        return [_given(batch[key[0]], name, key) if there else next(asked) for key, there in zip(keys, is_there)]

    try:
        return run(all_of_them(), left)
    except TimeoutError:
        failure = parts(TransientError(f"{name} did not respond in time"), name)
    except BaseException as error:
        failure = parts(error, f"cannot read from {name}")
    return [failure] * len(keys)
