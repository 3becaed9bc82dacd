"""The fields of settings classes in compiled form."""

import dataclasses
import types
from collections.abc import Callable, Iterable
from copy import copy
from typing import (
    Annotated,
    Any,
    ClassVar,
    Optional,
    Protocol,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from pydantic import BaseModel, Field, SecretBytes, SecretStr, create_model
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from takk._lazy import public
from takk._vocabulary.environment import NoValue, _NoValue
from takk._vocabulary.references import ResourceRef, ServiceUrl, Template
from takk._vocabulary.tags import SecretTypes


class DataclassFields(Protocol):
    """A dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


SecretClass: TypeAlias = type[BaseModel] | type[DataclassFields]
"""A settings class: a pydantic model or a dataclass."""

Model = TypeVar("Model", bound=BaseModel)
Dataclass = TypeVar("Dataclass", bound=DataclassFields)


class SettingsValue(BaseModel):
    """One field of a settings class."""

    name: str
    data_type: str
    description: str | None = None
    default_value: str | _NoValue | None = NoValue
    is_optional: bool = False
    is_secret: bool = False
    tags: list[str] = Field(default_factory=list)

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def is_required(self) -> bool:
        """Whether the program cannot start without a value."""
        return not self.is_optional and isinstance(self.default_value, _NoValue)


def tags_for(attrs: Iterable[Any]) -> list[str]:
    """The metadata of `Annotated` that concerns takk: tags as they are, references as text, and other strings."""
    tags: list[str] = []
    for attr in attrs:
        if isinstance(attr, (ResourceRef, ServiceUrl, Template)):
            tags.append(attr.to_string())
        elif isinstance(attr, str):
            tags.append(attr)
    return tags


def tags_for_annotation(annotation: Any) -> tuple[str, list[str], bool, bool]:
    """The name of a type, the tags in it, whether it allows `None`, and whether it is a secret."""
    annotation = _unalias(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        name, tags, is_optional, is_secret = tags_for_annotation(inner)
        return name, [*tags, *tags_for(metadata)], is_optional, is_secret or _says_secret(metadata)
    if origin in (Union, types.UnionType):
        arms = [tags_for_annotation(arm) for arm in get_args(annotation) if arm is not type(None)]
        return (
            " | ".join(dict.fromkeys(arm[0] for arm in arms)),
            [tag for arm in arms for tag in arm[1]],
            type(None) in get_args(annotation) or any(arm[2] for arm in arms),
            any(arm[3] for arm in arms),
        )
    if annotation is SecretStr:
        return "str", [], False, True
    name = _type_name(annotation, origin)
    return name, [], False, annotation is SecretBytes or name.endswith("Dsn")


def _unalias(annotation: Any) -> Any:
    """The type behind a `type X = ...`, with the arguments of a generic alias substituted."""
    alias = get_origin(annotation) or annotation
    if type(alias).__name__ != "TypeAliasType":
        return annotation
    value = alias.__value__
    arguments = get_args(annotation)
    return _unalias(value[arguments] if arguments else value)


def _type_name(annotation: Any, origin: Any) -> str:
    if annotation is None or isinstance(annotation, (str, TypeVar)):
        return "str"
    named = annotation if origin is None else origin
    return getattr(named, "__name__", None) or str(named).removeprefix("typing.")


def _says_secret(metadata: Iterable[Any]) -> bool:
    return any(isinstance(attr, SecretTypes) for attr in metadata)


@overload
def settings_for(settings_type: SecretClass) -> list[SettingsValue]: ...
@overload
def settings_for(settings_type: list[SecretClass]) -> list[SettingsValue]: ...
def settings_for(settings_type: SecretClass | list[SecretClass]) -> list[SettingsValue]:
    """The fields of a settings class, or of several."""
    if isinstance(settings_type, list):
        return [value for cls in settings_type for value in settings_for(cls)]
    if isinstance(settings_type, type) and issubclass(settings_type, BaseModel):
        return [_of_model(name, info) for name, info in settings_type.model_fields.items()]
    if dataclasses.is_dataclass(settings_type):
        hints = get_type_hints(settings_type, include_extras=True)
        return [_of_dataclass(field, hints[field.name]) for field in dataclasses.fields(settings_type)]
    return []


def _of_model(name: str, info: FieldInfo) -> SettingsValue:
    data_type, tags, is_optional, is_secret = tags_for_annotation(info.annotation)
    is_secret = is_secret or _says_secret(info.metadata)
    return SettingsValue(
        name=name,
        data_type=data_type,
        description=info.description,
        default_value=_default_of(info, is_secret),
        is_optional=is_optional,
        is_secret=is_secret,
        tags=[*tags, *tags_for(info.metadata)],
    )


def _of_dataclass(field: "dataclasses.Field[Any]", annotation: Any) -> SettingsValue:
    data_type, tags, is_optional, is_secret = tags_for_annotation(annotation)
    metadata = list(field.metadata.values())
    is_secret = is_secret or _says_secret(metadata)
    description: str | None = field.metadata.get("description")
    default: str | _NoValue | None = _text(field.default)
    if isinstance(field.default, FieldInfo):
        # A pydantic dataclass.
        description, default = field.default.description, _default_of(field.default, is_secret)
    elif field.default_factory is not dataclasses.MISSING:
        default = _made_by(field.default_factory, is_secret)
    elif field.default is dataclasses.MISSING:
        default = NoValue
    return SettingsValue(
        name=field.name,
        data_type=data_type,
        description=description,
        default_value=default,
        is_optional=is_optional,
        is_secret=is_secret,
        tags=[*tags, *tags_for(metadata)],
    )


def _default_of(info: FieldInfo, is_secret: bool) -> str | _NoValue | None:
    if info.is_required():
        return NoValue
    if info.default_factory is None:
        return _text(info.default)
    # A factory that takes the other fields' values cannot be called without them.
    return None if info.default_factory_takes_validated_data else _made_by(info.default_factory, is_secret)


def _made_by(factory: Callable[..., Any], is_secret: bool) -> str | None:
    """The result of a factory: none for a secret, which only the program itself may generate, or if it only works in the program."""
    if is_secret:
        return None
    try:
        return _text(factory())
    except Exception:
        return None


def _text(value: Any) -> str | None:
    """A default as text; secrets are masked."""
    return None if value is None else str(value)


@overload
def Partial(settings_cls: type[Model]) -> type[Model]: ...
@overload
def Partial(settings_cls: type[Dataclass]) -> type[Dataclass]: ...
def Partial(settings_cls: Any) -> Any:
    """The same class with all fields optional, for a component that can do without some of them.

    A field without a default defaults to `None`; prefixes and aliases stay.
    """
    name = "Partial" + settings_cls.__name__
    if not issubclass(settings_cls, BaseModel):
        hints = get_type_hints(settings_cls, include_extras=True)
        fields = [(field.name, Optional[hints[field.name]], _optional(field)) for field in dataclasses.fields(settings_cls)]
        return dataclasses.make_dataclass(name, fields)
    base = BaseSettings if issubclass(settings_cls, BaseSettings) else BaseModel
    configured = type(name, (base,), {"model_config": settings_cls.model_config, "__module__": "takk.models"})
    model_fields: dict[str, Any] = {}
    for key, info in settings_cls.model_fields.items():
        field = copy(info)
        if field.is_required():
            field.default = None
        model_fields[key] = (Optional[info.annotation], field)
    return create_model(name, __base__=configured, __module__="takk.models", **model_fields)


def _optional(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=field.default_factory, metadata=field.metadata)
    default = None if field.default is dataclasses.MISSING else field.default
    return dataclasses.field(default=default, metadata=field.metadata)


public(globals(), "takk.models")
