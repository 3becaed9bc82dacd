"""`AWSSSMBackend`."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from takk import _network
from takk.runtime import AuthError, Backend, Chain, ConfigError, SecretNotFoundError, Ssm, TransientError

_MISSING = ("ParameterNotFound", "ParameterVersionNotFound")
_DENIED = (
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidKeyId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "UnauthorizedAccessException",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
)
_WRONG = ("ValidationException", "ValidationError", "InvalidParameter", "InvalidParameterValue")
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError")
_NO_PLACE = ("NoRegionError", "ProfileNotFound", "ParamValidationError", "UnknownServiceError", "InvalidRegionError")


class AWSSSMBackend(Chain):
    """Parameters of AWS SSM: by the client that is given, else as `takk.runtime.Ssm`.

    Args:
        region_name: The region, without a client.
        client: A client of boto3's, or what behaves like one.
        with_decryption: Whether `SecureString` parameters are decrypted.
        config: A `botocore.config.Config`: with it, a client of boto3's is made.

    Raises:
        ConfigError: Without a client and a region.
    """

    def __init__(
        self,
        *,
        region_name: str | None = None,
        client: Any = None,
        with_decryption: bool = True,
        config: Any = None,
    ) -> None:
        self.with_decryption = with_decryption
        self._client = client
        if client is None and (config is not None or _is_mocked()):
            self._client = _client(region_name, config)
        if self._client is None:
            super().__init__(Ssm(region_name, with_decryption=with_decryption))
        else:
            super().__init__(_Client(self._client, with_decryption, is_own=client is None))


def _is_mocked() -> bool:
    """Whether moto answers in place of AWS. It does so to botocore alone, and the request would leave the test."""
    models = sys.modules.get("moto.core.models")
    return bool(getattr(getattr(models, "botocore_stubber", None), "enabled", False))


def _client(region_name: str | None, config: Any) -> Any:
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.client("ssm", region_name=region_name, config=config)
    except BotoCoreError as error:
        _raise(error, "cannot make a client of AWS SSM")


class _Client(Backend):
    """Asks a client of boto3's."""

    def __init__(self, client: Any, with_decryption: bool, is_own: bool) -> None:
        self._client = client
        self._with_decryption = with_decryption
        self._is_own = is_own

    def get(self, path: str, *, version: int | str | None = None) -> str:
        name = path if version is None else f"{path}:{version}"
        answer = self._ask(f"`{name}`", "get_parameter", Name=name)
        return str(answer["Parameter"]["Value"])

    def get_batch(self, paths: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        missing: list[str] = []
        # More than ten names are refused.
        for names in (paths[start : start + 10] for start in range(0, len(paths), 10)):
            answer = self._ask(f"{len(names)} parameters", "get_parameters", Names=names)
            found.update((parameter["Name"], parameter["Value"]) for parameter in answer.get("Parameters", []))
            missing += answer.get("InvalidParameters", [])
        if missing:
            raise SecretNotFoundError(f"parameters of AWS SSM not found: {', '.join(missing)}")
        # A parameter that is asked for by its ARN is given with its name.
        return {path: found[path] for path in paths if path in found}

    def _ask(self, what: str, method: str, **arguments: Any) -> Any:
        if _network.is_blocked and self._is_own and not _is_mocked():
            hints = ["give the model a fake backend (the fixture takk_secrets)", "or let this test connect: @pytest.mark.takk_network"]
            raise ConfigError("a test may not ask AWS SSM", hints=hints)
        try:
            return getattr(self._client, method)(**arguments, WithDecryption=self._with_decryption)
        except Exception as error:
            _raise(error, f"cannot read {what} from AWS SSM")


def _raise(error: Exception, what: str) -> NoReturn:
    """What an exception of botocore's means. Its text is not shown: it may quote what was sent."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    if "ClientError" in kinds:
        response: Any = getattr(error, "response", {})
        code = str(response.get("Error", {}).get("Code") or "no code")
        if code in _MISSING:
            raise SecretNotFoundError(f"{what}: not found ({code})") from error
        if code in _DENIED:
            raise AuthError(f"{what}: {code}", hints=["check the identity, and its rights on the parameter and its key"]) from error
        if code in _WRONG:
            raise ConfigError(f"{what}: {code}", hints=["correct the path"]) from error
        raise TransientError(f"{what}: {code}") from error
    if any(kind in _NO_CREDENTIALS for kind in kinds):
        raise AuthError(f"{what}: {kinds[0]}", hints=["give boto3 credentials"]) from error
    if any(kind in _NO_PLACE for kind in kinds):
        raise ConfigError(f"{what}: {kinds[0]}", hints=["correct the arguments of the client"]) from error
    if "BotoCoreError" in kinds:
        raise TransientError(f"{what}: {kinds[0]}") from error
    raise error


__all__ = ["AWSSSMBackend"]
