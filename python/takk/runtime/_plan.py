"""What a model class declares about its secret fields."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from takk import _native
from takk.runtime._backends import version_text
from takk.runtime._casts import cast_for, converted, typed_cast_for
from takk.runtime._errors import ArgumentError, ConfigError
from takk.runtime._secret import Marker

if TYPE_CHECKING:
    from pydantic import BaseModel

Validate = Literal["none", "paths", "fetch"]
Batch = Literal["field", "model"]

_layouts = itertools.count(1)


class SecretField:
    """A secret field of a class."""

    __slots__ = ("_convert", "index", "marker", "name", "owner", "placeholders", "subject", "version")

    def __init__(self, owner: type[BaseModel], name: str, index: int, marker: Marker) -> None:
        self.owner = owner
        self.name = name
        self.index = index
        self.marker = marker
        self.version = version_text(marker.path, marker.version)
        self.placeholders: list[str] = _native.placeholders(marker.path)[0]
        description = f" ({marker.description})" if marker.description else ""
        self.subject = f"secret field {owner.__name__}.{name}{description}"
        self._convert: Callable[[_native.Read], Any] | None = None

    def value(self, read: _native.Read, typed: bool) -> Any:
        """Converts a text that was read. Raises `ConfigError`."""
        convert = self._convert
        if convert is None:
            convert = self._convert = self._converter(typed)
        return convert(read)

    def _converter(self, typed: bool) -> Callable[[_native.Read], Any]:
        subject, transform = self.subject, self.marker.transform
        if transform is not None:
            return lambda read: converted(transform, True, read, subject)
        field = self.owner.__pydantic_fields__[self.name]
        if not typed:
            cast = cast_for(field.annotation)
        else:
            others = [item for item in field.metadata if not isinstance(item, Marker)]
            try:
                cast = typed_cast_for(field.annotation, others)
            except Exception as error:
                message = f"{subject}: pydantic has no schema for its type ({type(error).__name__})"
                raise ConfigError(message, hints=["use a type that pydantic validates, or no typed=True"]) from None
        return _itself if cast is None else lambda read: converted(cast, False, read, subject)


def _itself(read: _native.Read) -> str:
    return read.text


class Plan:
    """A model class: its secret fields, and how they are read."""

    __slots__ = ("batch", "fields", "layout", "stale_on_error", "typed", "validate")

    def __init__(self) -> None:
        self.layout = next(_layouts)
        self.fields: dict[str, SecretField] = {}
        self.validate: Validate = "paths"
        self.stale_on_error = False
        self.batch: Batch = "field"
        self.typed = False

    def derived(self, cls: type, **options: Any) -> Plan:
        """The plan of a subclass, with the keywords of its class statement."""
        plan = Plan()
        allowed: dict[str, tuple[Any, ...]] = {
            "validate": ("none", "paths", "fetch"),
            "batch": ("field", "model"),
            "stale_on_error": (True, False),
            "typed": (True, False),
        }
        for name, values in allowed.items():
            value = options.get(name)
            if value is None:
                value = getattr(self, name)
            elif value not in values:
                choices = ", ".join(map(repr, values))
                raise ArgumentError(f"class {cls.__name__}: {name}={value!r} is none of {choices}")
            setattr(plan, name, value)
        return plan

    def read_fields(
        self,
        cls: type[BaseModel],
        read: Callable[[Any, str], Any],
        refuse: Callable[[Any, str], None],
    ) -> None:
        """Finds the secret fields of a class, and makes them descriptors."""
        for name, field in cls.__pydantic_fields__.items():
            marker = next((item for item in reversed(field.metadata) if isinstance(item, Marker)), None)
            if marker is None:
                continue
            index = len(self.fields)
            self.fields[name] = SecretField(cls, name, index, marker)
            setattr(cls, name, _native.Field(name, self.layout, index, read, refuse))
