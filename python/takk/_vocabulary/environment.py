"""The environment that the program runs in, and values that depend on it."""

import os
from functools import lru_cache

from takk._lazy import public

TYPE_CHECKING = False  # Type checkers take it for the one of `typing`, which is slow to import.
if TYPE_CHECKING:
    from typing import Any, TypeVar, overload

    from takk._vocabulary.literals import Environments

    Value = TypeVar("Value")


class _NoValue:
    """Marks that no value was given, since `None` is a value."""

    def __repr__(self) -> str:
        return "_NoValue()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _NoValue)

    def __hash__(self) -> int:
        return hash(_NoValue)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> "Any":
        """Pydantic treats it as a model without fields: `{}` in JSON."""
        from pydantic_core import core_schema

        instance = core_schema.is_instance_schema(cls)
        empty = core_schema.no_info_after_validator_function(
            lambda _: cls(), core_schema.typed_dict_schema({}, extra_behavior="forbid")
        )
        return core_schema.union_schema(
            [instance, empty], serialization=core_schema.plain_serializer_function_ser_schema(lambda _: {})
        )


NoValue = _NoValue()
"""Marks that no value was given, since `None` is a value."""


@lru_cache
def current_env() -> "Environments | str":
    """The environment that this process runs in: `TAKK_ENV`, by default `dev`.

    It is read once; `current_env.cache_clear()` makes the next call read it again.
    """
    # Like pydantic-settings: the case does not matter, and the last one counts.
    found = [value for name, value in os.environ.items() if name.lower() == "takk_env"]
    return found[-1] if found else "dev"


if TYPE_CHECKING:

    @overload
    def value_for(
        default: Value,
        prod: Value | _NoValue = ...,
        test: Value | _NoValue = ...,
        dev: Value | _NoValue = ...,
        qa: Value | _NoValue = ...,
    ) -> Value: ...
    @overload
    def value_for(
        default: Value | None = ...,
        prod: Value | _NoValue | None = ...,
        test: Value | _NoValue | None = ...,
        dev: Value | _NoValue | None = ...,
        qa: Value | _NoValue | None = ...,
    ) -> Value | None: ...


def value_for(
    default: "Any" = None,
    prod: "Any" = NoValue,
    test: "Any" = NoValue,
    dev: "Any" = NoValue,
    qa: "Any" = NoValue,
) -> "Any":
    """The value for the current environment, or the default: `value_for(1, prod=2)`.

    takk reads the values of all environments from the source.
    """
    chosen = {"prod": prod, "test": test, "dev": dev, "qa": qa}.get(current_env(), NoValue)
    return default if isinstance(chosen, _NoValue) else chosen


public(globals(), "takk.models")
