"""The marker that makes a field secret-backed."""

import math
from collections.abc import Callable
from typing import Any

from pydantic import Field
from pydantic_core import core_schema

from takk.runtime._errors import ArgumentError

MASK = "***"
"""Replaces every secret wherever a model is shown or dumped."""


def _masked(_value: object) -> str:
    return MASK


class Marker:
    """The arguments of `Secret`, in the metadata of the field."""

    __slots__ = ("description", "path", "transform", "ttl", "version")

    def __init__(
        self,
        path: str,
        ttl: float | None,
        transform: Callable[[str], Any] | None,
        version: int | str | None,
        description: str | None,
    ) -> None:
        self.path = path
        self.ttl = ttl
        self.transform = transform
        self.version = version
        self.description = description

    def __repr__(self) -> str:
        given = ("ttl", "version", "description")
        rest = "".join(f", {name}={getattr(self, name)!r}" for name in given if getattr(self, name) is not None)
        return f"Secret({self.path!r}{rest})"

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        # The field's type is not needed: a value is cast when it is read, and never dumped.
        masked = core_schema.plain_serializer_function_ser_schema(_masked, return_schema=core_schema.str_schema())
        return core_schema.any_schema(serialization=masked)


def Secret(
    path: str,
    *,
    ttl: float | None = None,
    transform: Callable[[str], Any] | None = None,
    version: int | str | None = None,
    description: str | None = None,
) -> Any:
    """Declares a secret-backed field of a `SecretModel`: `db_password: str = Secret("/{stage}/db/password")`.

    Args:
        path: Its path in the backend. `{name}` is filled in from a non-secret field of the root model; `{{` and `}}` are braces.
        ttl: How long a value is cached, in seconds: `None` forever, `0` not at all.
        transform: Called with the text, in place of the cast by the annotation. Its exceptions become the cause of a `ConfigError`.
        version: Pins a version. Backends without versions ignore it.
        description: Free text for error messages.

    Raises:
        ArgumentError: For arguments that cannot be used.
    """
    if not isinstance(path, str) or not path:
        raise ArgumentError("the path of a Secret must be a text that is not empty")
    subject = f"Secret({path!r})"
    if ttl is not None and (isinstance(ttl, bool) or not isinstance(ttl, (int, float)) or math.isnan(ttl) or ttl < 0):
        raise ArgumentError(f"{subject}: ttl must be a number of seconds, 0 to never cache, or None to cache for ever")
    if version is not None and (isinstance(version, bool) or not isinstance(version, (int, str)) or version == ""):
        raise ArgumentError(f"{subject}: version must be a number or a text")
    if transform is not None and not callable(transform):
        raise ArgumentError(f"{subject}: transform must be callable")
    field: Any = Field(default=MASK, description=description)
    field.metadata.append(Marker(path, ttl, transform, version, description))
    return field
