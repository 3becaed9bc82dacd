"""Random environments for a program: empty, complete, with one value broken, partial."""

from __future__ import annotations

import random

from .program import Variable


def environments(rng: random.Random, variables: list[Variable], count: int) -> list[dict[str, str]]:
    """Different environments, the empty one and a complete one first."""
    found: dict[str, dict[str, str]] = {}

    def add(environment: dict[str, str]) -> None:
        found.setdefault(repr(sorted(environment.items())), environment)

    add({})
    add(complete(rng, variables))
    for _ in range(count * 4):
        if len(found) >= count:
            break
        environment = complete(rng, variables)
        luck = rng.random()
        optional = [v for v in variables if v.name not in environment]
        for variable in rng.sample(optional, min(len(optional), rng.choice([0, 0, 1, 2, 3]))):
            environment |= some(rng, variable.name, variable.good)
        if luck < 0.35:
            broken = rng.choice(variables) if variables else None
            environment |= some(rng, broken.name, broken.bad) if broken else {}
        elif luck < 0.6 and environment:
            del environment[rng.choice(sorted(environment))]
        elif luck < 0.7:
            environment = {name: text for name, text in environment.items() if rng.random() < 0.4}
        add(environment)
    return list(found.values())[:count]


def complete(rng: random.Random, variables: list[Variable]) -> dict[str, str]:
    environment: dict[str, str] = {}
    for variable in variables:
        if variable.needed:
            environment |= some(rng, variable.name, variable.good)
    return environment


def some(rng: random.Random, name: str, texts: list[str]) -> dict[str, str]:
    return {name: rng.choice(texts)} if texts else {}
