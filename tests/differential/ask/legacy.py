"""Settings classes of pydantic 1, from `pydantic.v1`."""

from __future__ import annotations

import os
from typing import Any

from pydantic.v1.env_settings import EnvSettingsSource

from . import annotation, nested
from .default import as_json

CONSTRAINTS = {"gt": "gt", "ge": "ge", "lt": "lt", "le": "le", "multiple_of": "multiple_of", "min_length": "min_length", "max_length": "max_length", "regex": "pattern"}


def describe(cls: type) -> dict[str, Any]:
    """The truth about the class."""
    config = cls.__config__
    return {
        "module": cls.__module__, "qualname": cls.__qualname__, "api": "v1", "kind": "local" if "<locals>" in cls.__qualname__ else "module", "complete": True,
        "config": {"env_prefix": config.env_prefix, "case_sensitive": config.case_sensitive, "env_nested_delimiter": config.env_nested_delimiter},
        "fields": [describe_field(cls, field) for field in cls.__fields__.values()],
    }


def describe_field(cls: type, field: Any) -> dict[str, Any]:
    names = field.field_info.extra["env_names"]
    names = sorted(names) if isinstance(names, (set, frozenset)) else names
    shown = names if cls.__config__.case_sensitive else [n.upper() for n in names]
    answer = {
        "name": field.name, "env": list(dict.fromkeys(shown)), "required": bool(field.required),
        "optional": None if annotation.allows_none(field.annotation) is None else bool(field.allow_none),
        "secret": annotation.is_secret(field.annotation), "description": field.field_info.description,
        "constraints": {ours: [getattr(field.field_info, theirs)] for theirs, ours in CONSTRAINTS.items() if getattr(field.field_info, theirs) is not None},
        "annotation": repr(field.annotation),
    }
    if field.default_factory is not None:
        answer |= {"default": as_json(field.default_factory()), "factory": getattr(field.default_factory, "__name__", "?")}
    elif not field.required:
        answer["default"] = as_json(field.default)
    answer["nested"] = nested_leaves(cls, field, list(names))
    return answer


def nested_leaves(cls: type, field: Any, tops: list[str]) -> list[dict[str, Any]] | None:
    config = cls.__config__
    delimiter = config.env_nested_delimiter
    if not delimiter:
        return []
    source = EnvSettingsSource(None, None, delimiter, len(config.env_prefix))
    start = nested.Node(field.name, keys(cls, field), field.annotation, bool(field.required))

    def read(variable: str) -> Any:
        os.environ.clear()
        os.environ[variable] = "1"
        try:
            return source(cls)
        finally:
            os.environ.clear()

    return nested.leaves(start, tops, delimiter, read, fields_of, upper=not config.case_sensitive)


def keys(owner: type, field: Any) -> list[str]:
    by_name = owner.__config__.allow_population_by_field_name
    return list(dict.fromkeys([field.alias] + ([field.name] if by_name else [])))


def fields_of(owner: type) -> list[nested.Node]:
    model = getattr(owner, "__pydantic_model__", owner)
    if not hasattr(model, "__fields__"):
        return nested.dataclass_nodes(owner)
    return [nested.Node(f.name, keys(model, f), f.annotation, bool(f.required)) for f in model.__fields__.values()]
