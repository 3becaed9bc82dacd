"""The arguments of a job, as its command carries them."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import BaseModel, TypeAdapter

from takk._lazy import public

_ANYTHING: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def encode_job_arguments(arguments: BaseModel | Mapping[str, object] | None) -> str | None:
    """The arguments as JSON for `job_arguments`."""
    if arguments is None:
        return None
    if isinstance(arguments, BaseModel):
        return arguments.model_dump_json()
    return _ANYTHING.dump_json(dict(arguments)).decode()


def job_arguments(function: Callable[..., object], args: str | None) -> dict[str, object]:
    """The keyword arguments of a function from JSON, validated by its annotations.

    If the only parameter is a pydantic model, the whole JSON is that model; otherwise it is an object with a key for each parameter.
    Raises `ValueError` for a parameter that is missing or unknown, `ValidationError` for a value that does not fit.
    """
    parameters = inspect.signature(function).parameters
    if not parameters:
        return {}
    hints = get_type_hints(function)
    text = args if args is not None else "{}"
    [first, *others] = parameters.values()
    model = hints.get(first.name)
    if not others and isinstance(model, type) and issubclass(model, BaseModel):
        return {first.name: model.model_validate_json(text)}
    return validated_arguments(function, _ANYTHING.validate_json(text))


def validated_arguments(function: Callable[..., object], given: Mapping[str, object]) -> dict[str, object]:
    """The keyword arguments of a function from plain values by parameter name, validated by its annotations."""
    parameters, hints = inspect.signature(function).parameters, get_type_hints(function)
    if not parameters:
        return {}
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    named = {
        name: parameter
        for name, parameter in parameters.items()
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }
    unknown = sorted(given.keys() - named.keys())
    if unknown and not takes_any:
        raise ValueError(f"Unknown job arguments: {unknown}")
    values: dict[str, object] = {name: value for name, value in given.items() if name not in named}
    for name, parameter in named.items():
        if name in given:
            values[name] = TypeAdapter(hints.get(name, Any)).validate_python(given[name])
        elif parameter.default is parameter.empty:
            raise ValueError(f"Missing required job argument '{name}'")
    return values


public(globals(), "takk.models")
