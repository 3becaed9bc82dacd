"""Names of nested leaves: each is tested with the real source, and kept if the value arrives where the model reads it."""

from __future__ import annotations

import dataclasses
import itertools
import typing
from typing import Any, Callable

from . import annotation

DEPTH = 3


@dataclasses.dataclass
class Node:
    """A field on the path to a leaf."""

    name: str
    keys: list[str]
    annotation: Any
    required: bool


def dataclass_nodes(owner: type) -> list[Node]:
    hints = typing.get_type_hints(owner, include_extras=True)
    missing = dataclasses.MISSING
    return [Node(f.name, [f.name], hints[f.name], f.default is missing and f.default_factory is missing) for f in dataclasses.fields(owner)]


def model_of(node: Node) -> type | None:
    """The only model in the annotation."""
    found = annotation.members(node.annotation)
    return found[0] if len(found) == 1 and annotation.is_model(found[0]) else None


def is_open(node: Node) -> bool:
    """Whether it has no fixed set of leaves, because models are among several members, or it contains a dictionary."""
    found = annotation.members(node.annotation)
    several = len(found) > 1 and any(annotation.is_model(m) for m in found)
    return several or any((typing.get_origin(m) or m) is dict for m in found)


def leaves(start: Node, tops: list[str], delimiter: str, read: Callable[[str], Any], fields_of: Callable[[type], list[Node]], upper: bool):
    """Every node below the start, up to a depth, with the names that reach it."""
    if is_open(start):
        return None
    if model_of(start) is None:
        return []
    found = []
    for way in ways([start], fields_of):
        names = [n for n in candidates(way, tops, delimiter) if arrives(read, n, way)]
        kind = "model" if model_of(way[-1]) else "open" if is_open(way[-1]) else "leaf"
        shown = list(dict.fromkeys(n.upper() if upper else n for n in names))
        found.append({"path": [node.name for node in way], "env": shown, "kind": kind, "required": way[-1].required,
                      "secret": annotation.is_secret(way[-1].annotation)})
    return found


def ways(way: list[Node], fields_of: Callable[[type], list[Node]]):
    owner = model_of(way[-1])
    if owner is None or len(way) == DEPTH:
        return
    for node in fields_of(owner):
        yield [*way, node]
        yield from ways([*way, node], fields_of)


def candidates(way: list[Node], tops: list[str], delimiter: str) -> list[str]:
    combinations = itertools.product(tops, *[node.keys for node in way[1:]])
    return [delimiter.join(parts) for parts in combinations]


def arrives(read: Callable[[str], Any], variable: str, way: list[Node]) -> bool:
    """Whether the source puts the value of the variable where the models expect it, and not somewhere below."""
    try:
        values = [read(variable)]
    except Exception:  # noqa: BLE001 the source rejects the variable
        return False
    for node in way:
        values = [v[key] for v in values if isinstance(v, dict) for key in node.keys if key in v]
    return any(not isinstance(v, dict) for v in values)
