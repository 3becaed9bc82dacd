"""Texts for the types of secret fields: what a backend could return, and the field accepts."""

from __future__ import annotations

import base64
import itertools
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from takk.runtime._secret import Marker

# For pydantic's own URL types. A URL of each scheme is tried until one is accepted.
SCHEMES = "https postgresql redis amqp mongodb mysql mariadb kafka nats clickhouse+http cockroachdb snowflake ftp wss file".split()

FORMATS = {
    "date-time": "2000-01-01T00:00:00Z",
    "date": "2000-01-01",
    "time": "00:00:00Z",
    "duration": "PT1S",
    "email": "fake@example.com",
    "name-email": "Fake <fake@example.com>",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "ipvanyaddress": "192.0.2.1",
    "ipv4network": "192.0.2.0/24",
    "ipv6network": "2001:db8::/32",
    "ipvanynetwork": "192.0.2.0/24",
    "ipv4interface": "192.0.2.1/24",
    "ipv6interface": "2001:db8::1/32",
    "ipvanyinterface": "192.0.2.1/24",
}
"""Addresses and networks are those that are reserved for documentation."""


def texts_for(annotation: Any, metadata: list[Any], place: str) -> Iterator[str]:
    """Texts that a field of this type may accept, the likeliest first. They depend on `place` alone, so that two paths are told apart."""
    others = [item for item in metadata if not isinstance(item, Marker)]
    for value in itertools.islice(_values(_schema(annotation, others), place), 64):
        yield value if isinstance(value, str) else json.dumps(value)


def _schema(annotation: Any, metadata: list[Any]) -> dict[str, Any]:
    """The JSON schema of a type. Empty for types that pydantic does not know: they are read as text."""
    from typing import Annotated

    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    parts = (annotation, *metadata)
    whole: Any = Annotated[parts] if metadata else annotation
    try:
        return TypeAdapter(whole).json_schema()
    except PydanticUserError:
        return {}


def _values(schema: dict[str, Any], place: str) -> Iterator[Any]:
    yield from _Maker(schema.get("$defs", {}), place).values(schema, 0)


class _Maker:
    """Makes up JSON values for a schema as pydantic writes it."""

    def __init__(self, definitions: dict[str, Any], place: str) -> None:
        self._definitions = definitions
        self._place = place
        self._number = zlib.crc32(place.encode())

    def values(self, schema: Any, depth: int) -> Iterator[Any]:
        """Values for a schema, the likeliest first. None if it is too deep, as for a model that contains itself."""
        if depth > 20:
            return
        if not isinstance(schema, dict):
            schema = {}
        if "$ref" in schema:
            yield from self.values(self._definitions[schema["$ref"].rpartition("/")[2]], depth + 1)
            return
        if "const" in schema:
            yield schema["const"]
            return
        if "enum" in schema:
            yield from schema["enum"]
            return
        for name in ("anyOf", "oneOf", "allOf"):
            if name in schema:
                # An optional field gets a value: without one, nothing is tested.
                arms = sorted(schema[name], key=lambda arm: isinstance(arm, dict) and arm.get("type") == "null")
                for arm in arms:
                    yield from self.values(arm, depth + 1)
                return
        kinds: dict[str, Callable[[dict[str, Any]], Iterator[Any]]] = {
            "integer": self._integers,
            "number": self._numbers,
            "boolean": lambda _schema: iter((True, False)),
            "null": lambda _schema: iter((None,)),
            "array": lambda schema: self._arrays(schema, depth + 1),
            "object": lambda schema: self._objects(schema, depth + 1),
        }
        yield from kinds.get(str(schema.get("type")), self._strings)(schema)

    def _integers(self, schema: dict[str, Any]) -> Iterator[Any]:
        step = int(schema.get("multipleOf", 1)) or 1
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1 if "exclusiveMinimum" in schema else None)
        high = schema.get("maximum", schema.get("exclusiveMaximum", 1) - 1 if "exclusiveMaximum" in schema else None)
        if low is None:
            # A port, unless it has to be smaller.
            low = 1024 if high is None or high > 1024 else high - 1023
        if high is None:
            high = max(low + 64511, 65535)
        first = -(-int(low) // step)
        last = int(high // step)
        if first <= last:
            yield (first + self._number % (last - first + 1)) * step

    def _numbers(self, schema: dict[str, Any]) -> Iterator[Any]:
        whole = next(self._integers({name: schema[name] for name in schema if name != "multipleOf"}), None)
        limits = [schema[name] for name in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum") if name in schema]
        if whole is not None and not limits:
            yield whole + 0.5
        if limits:
            yield sum(limits) / len(limits)
        if whole is not None:
            yield float(whole)
        yield from (limit + move for limit in limits for move in (0.5, -0.5, 0.0))

    def _strings(self, schema: dict[str, Any]) -> Iterator[Any]:
        kind = str(schema.get("format", ""))
        mark = f"{self._number:08x}"
        if kind == "uuid" or kind.startswith("uuid"):
            yield from (f"{mark}-0000-{version}000-8000-000000000000" for version in "41356780")
        elif kind in ("uri", "multi-host-uri"):
            yield from (f"{scheme}://{'' if scheme == 'file' else f'fake:fake@fake-{mark}.invalid'}/fake" for scheme in SCHEMES)
            yield f"https://fake-{mark}.invalid/fake"
        elif kind == "base64" or kind == "base64url":
            yield base64.b64encode(f"fake:{self._place}".encode()).decode()
        elif "contentSchema" in schema:
            yield from (json.dumps(value) for value in self.values(schema["contentSchema"], 1))
        elif kind in FORMATS:
            yield FORMATS[kind]
        text = f"fake:{self._place}"
        if len(text) > schema.get("maxLength", len(text)):
            text = (mark * (1 + schema["maxLength"] // len(mark)))[: schema["maxLength"]]
        yield text.ljust(schema.get("minLength", 0), "x")

    def _arrays(self, schema: dict[str, Any], depth: int) -> Iterator[Any]:
        prefix = schema.get("prefixItems", [])
        count = max(schema.get("minItems", 0), len(prefix) or 1)
        items = [*prefix, *[schema.get("items", {})] * (count - len(prefix))]
        # Sets contain no item twice.
        made = [_Maker(self._definitions, f"{self._place}/{index}" if index else self._place) for index in range(len(items))]
        values = [next(maker.values(item, depth), _NOTHING) for maker, item in zip(made, items)]
        if _NOTHING not in values:
            yield values
        elif not schema.get("minItems"):
            yield []

    def _objects(self, schema: dict[str, Any], depth: int) -> Iterator[Any]:
        named, required = schema.get("properties", {}), schema.get("required", [])
        if not named:
            free = next(self.values(schema.get("additionalProperties", {}), depth), _NOTHING)
            key = next(self.values(schema.get("propertyNames", {"const": "fake"}), depth), "fake")
            yield {} if free is _NOTHING else {str(key): free}
            return
        found = {name: next(self._of(name).values(named[name], depth), _NOTHING) for name in required}
        if _NOTHING not in found.values():
            yield found

    def _of(self, name: str) -> _Maker:
        return _Maker(self._definitions, f"{self._place}/{name}")


_NOTHING = object()
