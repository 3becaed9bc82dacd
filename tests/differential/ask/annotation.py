"""Walks annotations: do they allow None, contain a secret, or consist of one model?"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pydantic
import typing_extensions
from pydantic import v1

SECRETS = tuple(c for c in (pydantic.SecretStr, pydantic.SecretBytes, getattr(pydantic, "Secret", None), v1.SecretStr, v1.SecretBytes) if c)
ALIAS_TYPES = tuple({typing_extensions.TypeAliasType, getattr(typing, "TypeAliasType", typing_extensions.TypeAliasType)})


def unwrap(annotation: Any) -> Any:
    """The annotation without enclosing `Annotated`, type aliases and `NewType`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, ALIAS_TYPES):
            annotation = annotation.__value__
        elif isinstance(get_origin(annotation), ALIAS_TYPES):
            annotation = get_origin(annotation).__value__
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        else:
            return annotation


def is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def allows_none(annotation: Any) -> bool | None:
    """Whether None is allowed; `None` for `Any`, for which there is no answer."""
    annotation = unwrap(annotation)
    if annotation is Any or annotation is object:
        return None
    if annotation in (None, type(None)):
        return True
    if get_origin(annotation) is Literal:
        return None in get_args(annotation)
    if is_union(annotation):
        answers = [allows_none(member) for member in get_args(annotation)]
        return True if True in answers else None if None in answers else False
    return False


def is_secret(annotation: Any) -> bool:
    """Whether the annotation contains a secret type or a DSN."""
    annotation = unwrap(annotation)
    inside = (annotation, get_origin(annotation))
    for found in inside:
        if isinstance(found, type) and (issubclass(found, SECRETS) or any(c.__name__.endswith("Dsn") for c in found.__mro__)):
            return True
    if get_origin(annotation) is Literal:
        return False
    return any(is_secret(argument) for argument in get_args(annotation))


def members(annotation: Any) -> list[Any]:
    """The members of a union except None, flattened; otherwise the annotation alone."""
    annotation = unwrap(annotation)
    if is_union(annotation):
        return [m for argument in get_args(annotation) for m in members(argument)]
    return [] if annotation in (None, type(None)) else [annotation]


def is_model(annotation: Any) -> bool:
    """Whether it is a class with named fields: a model (but not a root model) or a dataclass."""
    if not isinstance(annotation, type) or get_origin(annotation) is not None:
        return False
    if issubclass(annotation, (pydantic.BaseModel, v1.BaseModel)):
        return not issubclass(annotation, pydantic.RootModel) and "__root__" not in getattr(annotation, "__fields__", ())
    return dataclasses.is_dataclass(annotation)
