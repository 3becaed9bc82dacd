"""The public names of the installed takk, as JSON: the kind of each, and its parameters, fields, members and defaults."""

import dataclasses
import enum
import inspect
import json
import sys
import types
import typing

from plain import plain
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

MODULES = ("takk", "takk.models", "takk.secrets", "takk.resources")


def own(value) -> bool:
    """Whether takk defines it: its classes and functions, and the types that it creates with typing."""
    module = getattr(value, "__module__", "") or ""
    return isinstance(value, (enum.Enum, str)) or module.startswith("takk") or is_type(value)


def is_type(value) -> bool:
    """Whether it is a type without a name of its own."""
    return typing.get_origin(value) is not None or isinstance(value, types.UnionType)


def type_text(annotation) -> str:
    """A type as text, without module names."""
    if inspect.isclass(annotation) and typing.get_origin(annotation) is None:
        return annotation.__name__
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return f"Annotated[{', '.join([type_text(arguments[0]), *map(repr, arguments[1:])])}]"
    if origin in (typing.Union, types.UnionType):
        return " | ".join(sorted(type_text(argument) for argument in arguments))
    if origin is typing.Literal:
        return f"Literal{sorted(map(repr, arguments))}"
    if arguments:
        return f"{getattr(origin, '__name__', origin)}[{', '.join(map(type_text, arguments))}]"
    if isinstance(annotation, list):
        return str([type_text(each) for each in annotation])
    return str(getattr(annotation, "__forward_arg__", getattr(annotation, "__name__", annotation)))


def parameters(function) -> list:
    """Name, kind and default of each parameter."""
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError, NameError):
        return []
    listed = [each for each in signature.parameters.values() if each.name not in ("self", "__dataclass_self__")]
    return [[each.name, each.kind.name, default(each.default)] for each in listed]


def default(value):
    """A default, or a marker if there is none."""
    if value in (inspect.Parameter.empty, PydanticUndefined, dataclasses.MISSING):
        return "required"
    return "made" if "factory" in repr(value).lower() else plain(value)


def fields_of(cls) -> list:
    """Name, type and default of each field of a model or a dataclass."""
    if issubclass(cls, BaseModel):
        return [
            [name, type_text(info.annotation), [repr(each) for each in info.metadata if own(each)], default_of(info)]
            for name, info in cls.model_fields.items()
        ]
    return [[field.name, default_of(field)] for field in dataclasses.fields(cls)]


def default_of(field):
    """The default of a field; a factory is called."""
    factory = field.default_factory
    if factory not in (None, dataclasses.MISSING):
        try:
            return plain(factory())
        except ValueError:
            return "cannot be made here"
    return default(field.default)


def methods(cls) -> dict:
    """The public methods of a class itself, with their parameters."""
    found = {}
    for name, value in vars(cls).items():
        function = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        if not name.startswith("_") and inspect.isfunction(function):
            found[name] = parameters(function)
        elif isinstance(value, property):
            found[name] = "property"
    return found


def described(value):
    """Everything that user code sees of it."""
    if inspect.isclass(value) and issubclass(value, enum.Enum):
        return {"enum": {member.name: member.value for member in value}, "bases": [base.__name__ for base in value.__mro__]}
    if inspect.isclass(value) and (issubclass(value, BaseModel) or dataclasses.is_dataclass(value)):
        is_model = issubclass(value, BaseModel)
        bases = {base.__name__ for base in value.__mro__ if base.__name__ in ("BaseModel", "BaseSettings", "Resource")}
        made = [] if is_model else parameters(value)
        return {"fields": fields_of(value), "bases": sorted(bases), "parameters": made, "methods": methods(value)}
    if inspect.isclass(value):
        return {"parameters": parameters(value), "methods": methods(value)}
    if inspect.isfunction(value) or hasattr(value, "cache_clear"):
        return {"function": parameters(value)}
    if is_type(value):
        return {"type": type_text(value)}
    return {"value": plain(value)}


def surface(name: str) -> dict:
    """The names in a module that takk itself defines."""
    module = __import__(name, fromlist=["*"])
    found = {}
    for each in dir(module):
        value = getattr(module, each)
        if not each.startswith("_") and not inspect.ismodule(value) and own(value):
            found[each] = described(value)
    return found


if __name__ == "__main__":
    json.dump({name: surface(name) for name in MODULES}, sys.stdout, indent=1)
