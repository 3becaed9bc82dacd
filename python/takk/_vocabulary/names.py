"""Names of components as people type them: in full, or without the groups before them."""

from collections.abc import Iterable

from takk._lazy import public


class ComponentNotFoundError(LookupError):
    """No component has this name."""

    def __init__(self, name: str, known_names: Iterable[str]) -> None:
        self.name = name
        self.known_names = sorted(known_names)
        super().__init__(f"No component named {name!r}. Known components: {', '.join(self.known_names)}")


class AmbiguousComponentNameError(LookupError):
    """Several components have this name, in different groups."""

    def __init__(self, name: str, matches: Iterable[str]) -> None:
        self.name = name
        self.matches = sorted(matches)
        found = ", ".join(self.matches)
        super().__init__(f"{name!r} matches multiple components: {found}. Use the full dotted name to disambiguate.")


class GroupReferenceError(LookupError):
    """This is the name of a group, where a single component is expected."""

    def __init__(self, name: str, members: Iterable[str]) -> None:
        self.name = name
        self.members = sorted(members)
        found = ", ".join(self.members)
        super().__init__(f"{name!r} is a group with {len(self.members)} members ({found}) — pick one to run.")


def matching_group_members(known_names: Iterable[str], name: str) -> list[str]:
    """The components in a group."""
    return [known for known in known_names if known.startswith(f"{name}.")]


def matching_short_names(known_names: Iterable[str], name: str) -> list[str]:
    """The components with this name, without the groups before it."""
    return [known for known in known_names if known.rpartition(".")[2] == name]


def resolve_component_name(known_names: Iterable[str], name: str) -> str:
    """The full name of one component.

    Raises `GroupReferenceError`, `AmbiguousComponentNameError` or `ComponentNotFoundError`.
    """
    known = list(known_names)
    if name in known:
        return name
    if members := matching_group_members(known, name):
        raise GroupReferenceError(name, members)
    matches = matching_short_names(known, name)
    if len(matches) > 1:
        raise AmbiguousComponentNameError(name, matches)
    if not matches:
        raise ComponentNotFoundError(name, known)
    return matches[0]


def expand_component_names(known_names: Iterable[str], names: Iterable[str]) -> list[str]:
    """The full names of several components, each once; a group is expanded to its members."""
    known = list(known_names)
    found: dict[str, None] = {}
    for name in names:
        members = [] if name in known else matching_group_members(known, name)
        found.update(dict.fromkeys(members or [resolve_component_name(known, name)]))
    return list(found)


public(globals(), "takk.models")
