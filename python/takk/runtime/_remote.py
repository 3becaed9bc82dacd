"""Backends over the network, in files, and the one that the environment names."""

from __future__ import annotations

import os
from collections.abc import Callable

from takk import _native
from takk.runtime._backends import Given, NativeBackend, native, refusing
from takk.runtime._errors import ArgumentError, ConfigError, parts
from takk.runtime._store import Store


class Dotenv(NativeBackend):
    """A dotenv file: the names of `Env` in it. Environment variables are not read. The file is read again when it has changed."""

    def __init__(self, path: str | os.PathLike[str] = ".env", *, prefix: str = "") -> None:
        self.path = os.fspath(path)
        self.prefix = prefix
        self._native = _native.dotenv(self.path, prefix)


class Remote(NativeBackend):
    """A backend that connects."""

    def _without_network(self) -> _native.Backend:
        return refusing(self._native)


class Ssm(Remote):
    """Parameters of AWS SSM. Versions and labels are appended to the name as `:N`; a request reads up to ten names.

    Args:
        region_name: The region, by default that of `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile.
        profile_name: The profile of the shared files, by default that of `AWS_PROFILE`, unless the environment has keys.
        endpoint_url: The URL, by default that of `AWS_ENDPOINT_URL_SSM`, `AWS_ENDPOINT_URL` or AWS.
        aws_access_key_id: A key, by default found as by boto3: environment, web identity, container, profile, SSO, IMDSv2.
        aws_secret_access_key: The key's secret.
        aws_session_token: The key's session token.
        with_decryption: Whether `SecureString` parameters are decrypted.

    Raises:
        ConfigError: Without a region.
    """

    def __init__(
        self,
        region_name: str | None = None,
        *,
        profile_name: str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        with_decryption: bool = True,
    ) -> None:
        keys = None
        if aws_access_key_id is not None and aws_secret_access_key is not None:
            keys = (aws_access_key_id, aws_secret_access_key, aws_session_token)
        elif aws_access_key_id is not None or aws_secret_access_key is not None or aws_session_token is not None:
            raise ArgumentError("a key of AWS is both aws_access_key_id and aws_secret_access_key")
        self._native = _native.ssm(region_name, profile_name, endpoint_url, keys, with_decryption)


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


class _Named(NativeBackend):
    """What the environment names."""

    def __init__(self, backend: _native.Backend) -> None:
        self._native = backend

    def _without_network(self) -> _native.Backend:
        places = self._native.name.split(", then ")
        is_local = all(place == "the environment" or place.startswith("the dotenv file ") for place in places)
        return self._native if is_local else refusing(self._native)


def backend_from_env() -> NativeBackend:
    """The backend that `TAKK_SECRETS_BACKEND` names (`env`, `dotenv`, `takk`, `aws-ssm`, `vault`, or several separated by commas),
    otherwise Vault if `VAULT_ADDR` is set, or else the environment. Remote backends are retried.

    Raises:
        ConfigError: For an unknown name, or if the environment lacks what a backend needs.
    """
    return _Named(_native.backend_from_env(native(Store())))


def backend_from_project(environment: str | None = None, *, root: str | os.PathLike[str] | None = None) -> NativeBackend:
    """The backend that `[tool.takk.secrets]` names for an environment, as for `takk check`. `TAKK_SECRETS_BACKEND` takes precedence.

    Tokens are only sent to `VAULT_ADDR`: a URL in the file is used only if it is the same.

    Args:
        environment: The environment, by default that of `TAKK_ENV`, or `dev`.
        root: The directory of `pyproject.toml` or `takk.toml`, by default the nearest one from the current directory upwards.

    Raises:
        ConfigError: Without such a file, if it names no backend, or if the environment lacks what the backend needs.
    """
    from takk._vocabulary.environment import current_env

    environment = current_env() if environment is None else environment
    store = Store(environment, root=root)
    return _Named(_native.backend_from_project(_settings_file(root), environment, native(store)))


def _settings_file(root: str | os.PathLike[str] | None) -> str:
    here = os.path.abspath(os.fspath(root) if root is not None else os.curdir)
    directory = here
    while True:
        # As in the command line, the first one takes precedence as a whole.
        for name in ("takk.toml", "pyproject.toml"):
            if os.path.isfile(file := os.path.join(directory, name)):
                return file
        above = os.path.dirname(directory)
        if root is not None or above == directory:
            raise ConfigError(f"there is no pyproject.toml or takk.toml in {here}", hints=["pass root=, or use backend_from_env()"])
        directory = above
