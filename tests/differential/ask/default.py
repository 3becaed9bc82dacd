"""Defaults as JSON, in the form of the corpus: plain values, enums, secrets, tuples and sets; for others type, text and repr."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePath
from typing import Any

import pydantic
from pydantic import v1

SECRETS = (pydantic.SecretStr, pydantic.SecretBytes, v1.SecretStr, v1.SecretBytes)


def as_json(value: Any) -> Any:
    """The value as JSON."""
    if isinstance(value, Enum):
        return {"enum": f"{type(value).__name__}.{value.name}", "value": as_json(value.value)}
    if value is None or isinstance(value, (bool, int, float, str)) and type(value) in (bool, int, float, str):
        return value
    if isinstance(value, SECRETS):
        return {"secret": as_json(value.get_secret_value())}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [as_json(item) for item in value]}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((as_json(item) for item in value), key=repr)}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: as_json(item) for key, item in value.items()}
    return {"type": type(value).__name__, "text": text(value), "repr": repr(value)}


def text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.as_posix() if isinstance(value, PurePath) else str(value)
