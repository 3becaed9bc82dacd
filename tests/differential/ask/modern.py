"""Settings classes of pydantic-settings: its own sources give every answer."""

from __future__ import annotations

from typing import Any

import annotated_types
from pydantic import AliasChoices, AliasPath
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import EnvSettingsSource

from . import annotation, nested
from .default import as_json

KEYS = ("env_prefix", "env_prefix_target", "case_sensitive", "env_nested_delimiter", "env_nested_max_split")
CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")


def describe(cls: type) -> dict[str, Any]:
    """The truth about the class."""
    if not cls.__pydantic_complete__:
        cls.model_rebuild(raise_errors=False)
    source = EnvSettingsSource(cls)
    kind = "generic" if cls.__pydantic_generic_metadata__["parameters"] else "local" if "<locals>" in cls.__qualname__ else "module"
    return {
        "module": cls.__module__, "qualname": cls.__qualname__, "api": "v2", "kind": kind, "complete": cls.__pydantic_complete__,
        "config": {key: cls.model_config.get(key) for key in KEYS if hasattr(source, key)},
        "fields": [describe_field(cls, source, name, field) for name, field in cls.model_fields.items()],
    }


def describe_field(cls: type, source: EnvSettingsSource, name: str, field: FieldInfo) -> dict[str, Any]:
    names = [env for _, env, _ in source._extract_field_info(field, name)]
    answer = {
        "name": name, "env": list(dict.fromkeys(n if source.case_sensitive else n.upper() for n in names)),
        "required": field.is_required(), "optional": annotation.allows_none(field.annotation),
        "secret": annotation.is_secret(field.annotation) or any(annotation.is_secret(m) for m in field.metadata if isinstance(m, type)),
        "description": field.description, "constraints": constraints(field.metadata), "annotation": repr(field.annotation),
    }
    if field.default_factory is not None:
        answer |= {"default": as_json(field.default_factory()), "factory": getattr(field.default_factory, "__name__", "?")}
    elif field.default is not PydanticUndefined:
        answer["default"] = as_json(field.default)
    answer["nested"] = nested_leaves(cls, source, name, field)
    return answer


def constraints(metadata: list[Any]) -> dict[str, list[Any]]:
    """The simple constraints by name, with all values if there are several."""
    found: dict[str, list[Any]] = {}
    for item in annotated_types_flat(metadata):
        for key in CONSTRAINTS:
            value = getattr(item, key, None)
            if value is not None:
                value = getattr(value, "pattern", value)
                found.setdefault(key, []).append(as_json(value))
    return found


def annotated_types_flat(metadata: list[Any]) -> list[Any]:
    flat = []
    for item in metadata:
        if isinstance(item, annotated_types.GroupedMetadata):
            flat += annotated_types_flat(list(item))
        else:
            flat.append(item)
    return flat


def accepted_keys(owner: type, name: str, field: FieldInfo | None) -> list[str]:
    """The keys under which a model accepts a field's value, in order of precedence."""
    config = getattr(owner, "model_config", None) or getattr(owner, "__pydantic_config__", None) or {}
    alias = getattr(field, "validation_alias", None)
    if alias is None or config.get("validate_by_alias") is False:
        return [name]
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    keys = [c if isinstance(c, str) else c.path[0] for c in choices if not (isinstance(c, AliasPath) and len(c.path) > 1)]
    if config.get("validate_by_name") or config.get("populate_by_name"):
        keys.append(name)
    return list(dict.fromkeys(keys))


def nested_leaves(cls: type, source: EnvSettingsSource, name: str, field: FieldInfo) -> list[dict[str, Any]] | None:
    """The leaves below the field with the names that reach them; `None` if there is no single answer."""
    delimiter = source.env_nested_delimiter
    if not delimiter:
        return []
    start = nested.Node(name, accepted_keys(cls, name, field), field.annotation, field.is_required())

    def read(variable: str) -> Any:
        source.env_vars = {variable if source.case_sensitive else variable.lower(): "1"}
        return source()

    tops = [env for _, env, _ in source._extract_field_info(field, name)]
    return nested.leaves(start, tops, delimiter, read, fields_of, upper=not source.case_sensitive)


def fields_of(owner: type) -> list[nested.Node]:
    """The fields of a model or a dataclass, as nodes."""
    fields = owner.__dict__.get("__pydantic_fields__") or getattr(owner, "__pydantic_fields__", None) or getattr(owner, "model_fields", None)
    if fields:
        return [nested.Node(n, accepted_keys(owner, n, f), f.annotation, f.is_required()) for n, f in fields.items()]
    return nested.dataclass_nodes(owner)
