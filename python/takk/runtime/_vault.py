"""Vault and OpenBao, and how to log in to them."""

from __future__ import annotations

import os
from collections.abc import Callable

from takk import _native
from takk.runtime._backends import Given, Remote
from takk.runtime._errors import ArgumentError, parts


class Login:
    """How to log in to Vault."""

    _method: str

    def __init__(self, mount: str, role: str | None, text: str | None, file: str | os.PathLike[str] | None) -> None:
        self.mount = mount
        self.role = role
        self._text = text
        self._file = None if file is None else os.fspath(file)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.role or 'default'} at {self.mount}>"

    def _parts(self) -> tuple[str, str, str | None, str | None, str | None]:
        return self._method, self.mount, self.role, self._text, self._file


class AppRole(Login):
    """The auth method AppRole, mounted at `mount`. The secret id can be in a file, which is read at each login."""

    _method = "approle"

    def __init__(
        self,
        role_id: str,
        secret_id: str | None = None,
        *,
        secret_id_file: str | os.PathLike[str] | None = None,
        mount: str = "approle",
    ) -> None:
        super().__init__(mount, role_id, secret_id, secret_id_file)


class Kubernetes(Login):
    """The auth method Kubernetes, with the token of the pod's service account or of `jwt_file`."""

    _method = "kubernetes"

    def __init__(
        self, role: str, *, jwt_file: str | os.PathLike[str] | None = None, mount: str = "kubernetes"
    ) -> None:
        super().__init__(mount, role, None, jwt_file)


class Jwt(Login):
    """The auth method JWT, with a token or a file that contains it."""

    _method = "jwt"

    def __init__(
        self,
        jwt: str | None = None,
        *,
        role: str | None = None,
        jwt_file: str | os.PathLike[str] | None = None,
        mount: str = "jwt",
    ) -> None:
        if (jwt is None) == (jwt_file is None):
            raise ArgumentError("Jwt needs a token, or the file that has it")
        super().__init__(mount, role, jwt, jwt_file)


class Vault(Remote):
    """A KV store of Vault or OpenBao, version 2 or 1. A path may name a field of an entry: `db/prod:password`.

    Args:
        url: The URL, by default that of `VAULT_ADDR` or `BAO_ADDR`.
        token: A fixed token.
        token_factory: Called for the first token, and again when the server no longer accepts the last one.
        auth: `AppRole`, `Kubernetes` or `Jwt`. Without it and a token, the one of `VAULT_TOKEN` or `~/.vault-token` is used.
        mount_point: Where the KV store is mounted.
        default_key: The field of a path without `:field`.
        namespace: The namespace, by default that of `VAULT_NAMESPACE`.
        ca_file: The authorities that sign the server's certificate, by default the file in `VAULT_CACERT`, or the public ones.
        kv_version: 1 or 2, by default detected.
        reuse_connection: Whether connections are reused.
        idle_timeout: Seconds after which an idle connection is closed.

    Raises:
        ConfigError: Without a URL, or for a certificate file that cannot be used.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        token_factory: Callable[[], str] | None = None,
        auth: Login | None = None,
        mount_point: str = "secret",
        default_key: str = "value",
        namespace: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        kv_version: int | None = None,
        reuse_connection: bool = True,
        idle_timeout: float | None = None,
    ) -> None:
        if sum(way is not None for way in (token, token_factory, auth)) > 1:
            raise ArgumentError("Vault takes one of token, token_factory and auth")
        if kv_version not in (None, 1, 2):
            raise ArgumentError("kv_version is 1 or 2")

        def asked() -> Given:
            assert token_factory is not None
            try:
                made = token_factory()
            except BaseException as error:
                return parts(error, "cannot get a token of Vault from token_factory")
            if not isinstance(made, str):
                return "config", f"token_factory gave a {type(made).__name__} and no str", [], None
            return made

        self._native = _native.vault(
            url,
            token,
            None if token_factory is None else asked,
            None if auth is None else auth._parts(),
            mount_point,
            default_key,
            namespace,
            None if ca_file is None else os.fspath(ca_file),
            kv_version,
            reuse_connection,
            idle_timeout,
        )
