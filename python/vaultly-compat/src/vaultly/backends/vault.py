"""`VaultBackend`."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from takk import _network
from takk.runtime import (
    AuthError,
    Backend,
    Chain,
    ConfigError,
    SecretNotFoundError,
    TakkError,
    TransientError,
    Vault,
)


class TokenFactoryError(AuthError):
    """`token_factory` raised an exception, which is the cause."""


class VaultBackend(Chain):
    """A KV store of Vault or OpenBao: by the client that is given, else as `takk.runtime.Vault`.

    Args:
        url: The address. Without, `VAULT_ADDR` or `BAO_ADDR` has it.
        token: The first token. Without it and a factory, `VAULT_TOKEN` or `~/.vault-token` has one.
        mount_point: Where the KV store is mounted.
        default_key: The field that a path without `:field` means.
        client: A client of hvac's, or what behaves like one. Its version of the store is 2.
        token_factory: Called for another token when the server no longer knows the one before.
        reuse_connection: Whether connections are kept between requests, without a client.
        idle_timeout: Seconds after which a connection that nobody uses is closed, without a client.
        client_kwargs: Arguments of `hvac.Client`. `namespace` and the file in `verify` are takk's too; with any other one, a client of
            hvac's is made.

    Raises:
        ConfigError: Without a client and an address.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        token: str | None = None,
        mount_point: str = "secret",
        default_key: str = "value",
        client: Any = None,
        token_factory: Callable[[], str] | None = None,
        reuse_connection: bool = True,
        idle_timeout: float | None = None,
        client_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.mount_point = mount_point
        self.default_key = default_key
        self._user_client = client
        others = dict(client_kwargs or {})
        made = client
        if made is None and not _is_known(others):
            import hvac

            made = hvac.Client(url=url, token=token, **others)
        if made is not None:
            super().__init__(_Client(made, mount_point, default_key, token_factory, is_own=client is None))
            return
        verify = others.get("verify")
        super().__init__(
            Vault(
                url,
                token=token if token_factory is None else None,
                token_factory=None if token_factory is None else _first(token, token_factory),
                mount_point=mount_point,
                default_key=default_key,
                namespace=others.get("namespace"),
                ca_file=verify if isinstance(verify, str) else None,
                reuse_connection=reuse_connection,
                idle_timeout=idle_timeout,
            )
        )


def _is_known(arguments: dict[str, Any]) -> bool:
    """Whether takk's own backend can do what arguments of `hvac.Client` ask for."""
    verify = arguments.get("verify", True)
    return arguments.keys() <= {"namespace", "verify"} and (verify is True or isinstance(verify, str))


def _first(token: str | None, factory: Callable[[], str]) -> Callable[[], str]:
    """Gives the token that there is, and afterwards those that are made."""
    given = [] if token is None else [token]

    def next_token() -> str:
        try:
            return given.pop()
        except IndexError:
            return _made(factory)

    return next_token


def _made(factory: Callable[[], str]) -> str:
    try:
        return factory()
    except TakkError:
        raise
    except Exception as error:
        raise TokenFactoryError(f"cannot log in to Vault: token_factory raised {type(error).__name__}") from error


class _Client(Backend):
    """Asks a client of hvac's."""

    def __init__(
        self, client: Any, mount_point: str, default_key: str, token_factory: Callable[[], str] | None, is_own: bool
    ) -> None:
        self._client = client
        self._mount_point = mount_point
        self._default_key = default_key
        self._token_factory = token_factory
        self._is_own = is_own
        self._renewing = threading.Lock()
        self._renewals = 0

    def get(self, path: str, *, version: int | str | None = None) -> str:
        entry, field = self._split(path)
        return _text(self._entry(entry, version), entry, field)

    def get_batch(self, paths: list[str]) -> dict[str, str]:
        """One request for each entry, however many of its fields are asked for."""
        entries: dict[str, Any] = {}
        found: dict[str, str] = {}
        for path in paths:
            entry, field = self._split(path)
            if entry not in entries:
                entries[entry] = self._entry(entry, None)
            found[path] = _text(entries[entry], entry, field)
        return found

    def _split(self, path: str) -> tuple[str, str]:
        entry, colon, field = path.lstrip("/").rpartition(":")
        return (entry, field) if colon else (field, self._default_key)

    def _entry(self, entry: str, version: int | str | None) -> Any:
        """The fields of an entry. With a dead token, it is asked for once more with another one."""
        if _network.is_blocked and self._is_own:
            hints = ["give the model a fake backend (the fixture takk_secrets)", "or let this test connect: @pytest.mark.takk_network"]
            raise ConfigError("a test may not ask Vault", hints=hints)
        renewals = self._renewals
        try:
            return self._read(entry, version)
        except Exception as error:
            if not self._has_renewed(error, renewals):
                self._raise(error, entry)
        try:
            return self._read(entry, version)
        except Exception as error:
            if _kind(error) == "Unauthorized":
                raise AuthError(f"cannot read `{entry}` from Vault: it still rejects renewed token") from error
            self._raise(error, entry)

    def _read(self, entry: str, version: int | str | None) -> Any:
        pinned: dict[str, Any] = {}
        if version is not None:
            try:
                pinned["version"] = int(version)
            except ValueError:
                message = f"cannot read `{entry}@{version}` from Vault: its versions are numbers"
                raise ConfigError(message, hints=["correct version="]) from None
        reads = self._client.secrets.kv.v2.read_secret_version
        answer = reads(path=entry, mount_point=self._mount_point, raise_on_deleted_version=True, **pinned)
        return answer["data"]["data"]

    def _is_token_dead(self, error: Exception) -> bool:
        """Servers answer a dead token with 403, as they do for what a good one must not read: they are asked about the token."""
        if _kind(error) == "Unauthorized":
            return True
        try:
            self._client.auth.token.lookup_self()
        except Exception as refusal:
            return _kind(refusal) in ("Forbidden", "Unauthorized")
        return False

    def _has_renewed(self, error: Exception, renewals: int) -> bool:
        """Whether there is another token than the one that was refused: this thread gets it, or another one has."""
        if self._token_factory is None or _kind(error) not in ("Forbidden", "Unauthorized"):
            return False
        with self._renewing:
            if self._renewals != renewals:
                return True
            if not self._is_token_dead(error):
                return False
            self._client.token = _made(self._token_factory)
            self._renewals += 1
            return True

    def _raise(self, error: Exception, entry: str) -> NoReturn:
        """What an exception of hvac's means. Its text is not shown: it may quote what was sent."""
        if isinstance(error, TakkError):
            raise error
        what, kind = f"cannot read `{entry}` from Vault", _kind(error)
        if kind == "InvalidPath":
            hints = [f"check the path, its versions, and the mount {self._mount_point}"]
            raise SecretNotFoundError(f"{what}: not found", hints=hints) from error
        if kind == "Forbidden":
            raise AuthError(f"{what}: access denied", hints=["check the policies of the token, and whether it has expired"]) from error
        if kind == "Unauthorized":
            raise AuthError(f"{what}: the token is invalid or expired", hints=["log in again"]) from error
        if kind in ("InvalidRequest", "ParamValidationError", "UnsupportedOperation"):
            raise ConfigError(f"{what}: {kind}", hints=["check the path and the version of the KV store: it has to be 2"]) from error
        if kind in ("VaultDown", "InternalServerError", "BadGateway", "RateLimitExceeded", "VaultNotInitialized"):
            raise TransientError(f"{what}: server error ({kind})") from error
        if kind == "VaultError":
            raise TransientError(f"{what}: {type(error).__name__}") from error
        if kind == "ConnectionError":
            raise TransientError(f"{what}: connection error ({type(error).__name__})") from error
        if isinstance(error, (KeyError, TypeError)):
            raise ConfigError(f"{what}: the answer is not that of a KV store of version 2") from error
        raise error


_KINDS = (
    "InvalidPath",
    "Forbidden",
    "Unauthorized",
    "InvalidRequest",
    "ParamValidationError",
    "UnsupportedOperation",
    "RateLimitExceeded",
    "VaultNotInitialized",
    "VaultDown",
    "BadGateway",
    "InternalServerError",
    "VaultError",
)


def _kind(error: Exception) -> str:
    """Which exception of hvac's or requests' it is. By name, so that neither has to be installed for a client that is another's."""
    names = [kind.__name__ for kind in type(error).__mro__]
    found = next((name for name in names if name in _KINDS), "")
    if not found and ("RequestException" in names or isinstance(error, (ConnectionError, TimeoutError))):
        return "ConnectionError"
    return found


def _text(fields: Any, entry: str, field: str) -> str:
    """A field of an entry. What is no text is written as JSON, as Vault's own command does."""
    if not isinstance(fields, dict) or field not in fields:
        names = ", ".join(sorted(map(str, fields))) if isinstance(fields, dict) else ""
        raise SecretNotFoundError(f"`{entry}` in Vault has no key {field!r}", hints=[f"it has {names or 'none'}"])
    value = fields[field]
    return value if isinstance(value, str) else json.dumps(value)


__all__ = ["TokenFactoryError", "VaultBackend"]
