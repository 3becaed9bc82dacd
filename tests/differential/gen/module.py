"""A module under construction: its imports, its chunks of code, and what others can import from it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Entity:
    """A named object to which other code can refer."""

    kind: str
    name: str
    module: "Module"
    info: dict = field(default_factory=dict)
    #: Other places that export it: (dotted module, name there).
    homes: list[tuple[str, str]] = field(default_factory=list)
    dropped: bool = False


@dataclass
class Chunk:
    """A piece of top-level code that is either kept or dropped as a whole."""

    text: str
    entities: list[Entity]


class Module:
    """One Python file under construction."""

    def __init__(self, project, dotted: str, file: Path, is_package: bool = False):
        self.project = project
        self.rng: random.Random = project.rng
        self.dotted = dotted
        self.file = file
        self.is_package = is_package
        self.package = dotted if is_package else dotted.rpartition(".")[0]
        self.future = not is_package and self.rng.random() < 0.3
        self.imports: dict[str, None] = {}
        self.chunks: list[Chunk] = []
        self.entities: list[Entity] = []
        self.exported: list[str] | None = None
        self._outside: dict[tuple[str, str], str] = {}
        self._styles: dict[str, str] = {}
        self._inside: dict[tuple[str, str], str] = {}
        self._bound: dict[str, str] = {}

    # names of libraries

    def outside(self, library: str, name: str) -> str:
        """An expression for a name in a library, with its import."""
        key = (library, name)
        if key not in self._outside:
            style = self._styles.setdefault(library, self._library_style(library))
            self._outside[key] = self._import_outside(library, name, style)
        return self._outside[key]

    def _library_style(self, library: str) -> str:
        weights = {"from": 14, "as": 1, "module": 2, "module_as": 2}
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _import_outside(self, library: str, name: str, style: str) -> str:
        if style == "from":
            self.imports[f"from {library} import {name}"] = None
            return name
        if style == "as":
            self.imports[f"from {library} import {name} as {name}_"] = None
            return f"{name}_"
        if style == "module":
            self.imports[f"import {library}"] = None
            return f"{library}.{name}"
        alias = library.replace(".", "_").replace("pydantic", "pd").replace("typing", "t")
        alias = alias if alias != library else f"{library}_mod"
        self.imports[f"import {library} as {alias}"] = None
        return f"{alias}.{name}"

    # names of the project

    def use(self, entity: Entity) -> str:
        """An expression for an entity of the project, with its import."""
        if entity.module is self:
            return entity.name
        key = (entity.module.dotted, entity.name)
        if key not in self._inside or self.rng.random() < 0.1:
            self._inside[key] = self._import_inside(entity)
        return self._inside[key]

    def _import_inside(self, entity: Entity) -> str:
        top, _, rest = entity.name.partition(".")
        rest = f".{rest}" if rest else ""
        homes = [(entity.module.dotted, top)] * 2
        homes += [home for home in entity.homes if not rest and self.may_ask(home[0])]
        home, name = self.rng.choice(homes)
        styles = ["from"] * 6 + ["relative"] * 5 + ["as"] * 2 + ["module", "module_as", "submodule", "guarded", "fallback"]
        if home == entity.module.dotted and entity.module.stars(name) and entity.module is not self:
            styles += ["star", "star"]
        style = self.rng.choice(styles)
        own = home.split(".")[0] == self.dotted.split(".")[0]
        if style == "relative" and not own:
            style = "from"
        if style == "module" and own and not self.may_ask(self.package):
            style = "module_as"  # the packages on the path have no attributes until their import completes
        before = set(self.imports)
        expression = getattr(self, f"_{style}")(home, name)
        bound, _, attribute = expression.partition(".")
        meaning = home if attribute else f"{home}.{name}"
        if style != "module" and self._bound.setdefault(bound, meaning) != meaning:
            for line in set(self.imports) - before:
                del self.imports[line]
            expression = self._module_as(home, name)
        return expression + rest

    def may_ask(self, package: str) -> bool:
        """Whether the package is complete when this module is imported: another package, or its own if that is flat."""
        top = self.dotted.split(".")[0]
        return package.split(".")[0] != top or top in self.project.flat

    def claim(self, name: str) -> bool:
        """Reserves a name for this module's own use, unless an import has it already."""
        return self._bound.setdefault(name, self.dotted) is self.dotted and not any(e.name == name for e in self.entities)

    def stars(self, name: str) -> bool:
        """Whether `from module import *` imports the name."""
        if self.exported is not None:
            return name in self.exported
        return not name.startswith("_")

    def _from(self, home: str, name: str) -> str:
        self.imports[f"from {home} import {name}"] = None
        return name

    def _relative(self, home: str, name: str) -> str:
        self.imports[f"from {self._relative_to(home)} import {name}"] = None
        return name

    def _relative_to(self, home: str) -> str:
        here, there = self.package.split("."), home.split(".")
        same = 0
        while same < min(len(here), len(there)) and here[same] == there[same]:
            same += 1
        return "." * (len(here) - same + 1) + ".".join(there[same:])

    def _as(self, home: str, name: str) -> str:
        alias = f"{name}As" if name[0].isupper() and not name.isupper() else f"{name}_AS" if name.isupper() else f"{name}_as"
        self.imports[f"from {home} import {name} as {alias}"] = None
        return alias

    def _module(self, home: str, name: str) -> str:
        self.imports[f"import {home}"] = None
        return f"{home}.{name}"

    def _module_as(self, home: str, name: str) -> str:
        alias = "m_" + home.replace(".", "_")
        self.imports[f"import {home} as {alias}"] = None
        return f"{alias}.{name}"

    def _submodule(self, home: str, name: str) -> str:
        package, _, last = home.rpartition(".")
        if not package:
            return self._module(home, name)
        self.imports[f"from {package} import {last}"] = None
        return f"{last}.{name}"

    def _star(self, home: str, name: str) -> str:
        self.imports[f"from {home} import *"] = None
        return name

    def _guarded(self, home: str, name: str) -> str:
        line = f"try:\n    from {home} import {name}\nexcept ImportError:\n    {name} = None"
        self.imports[line] = None
        return name

    def _fallback(self, home: str, name: str) -> str:
        line = f"try:\n    from not_installed_{name.lower()} import {name}\nexcept ImportError:\n    from {home} import {name}"
        self.imports[line] = None
        return name

    # code

    def add(self, text: str, *entities: Entity) -> None:
        """Appends a chunk and its definitions."""
        self.chunks.append(Chunk(text.rstrip("\n"), list(entities)))
        self.entities.extend(entities)

    def define(self, kind: str, name: str, text: str, **info) -> Entity:
        """Appends a chunk with one definition."""
        entity = Entity(kind, name, self, info)
        self.add(text, entity)
        return entity

    def render(self) -> tuple[str, list[tuple[int, int]]]:
        """The text, and the range of lines of every chunk."""
        lines = [f'"""Settings of {self.dotted}."""']
        if self.future:
            lines.append("from __future__ import annotations")
        stars_first = sorted(self.imports, key=lambda text: not self.is_package and not text.endswith("import *"))
        lines += [line for text in stars_first for line in text.split("\n")]
        spans = []
        for chunk in self.chunks:
            lines += ["", ""]
            start = len(lines) + 1
            lines += chunk.text.split("\n")
            spans.append((start, len(lines)))
        if self.exported is not None:
            lines += ["", "", self._exported_text()]
        return "\n".join(lines) + "\n", spans

    def _exported_text(self) -> str:
        names = self.exported
        form = self.dotted.__len__() % 3
        if form == 0:
            return f"__all__ = {tuple(names)!r}"
        if form == 1 and len(names) > 1:
            return f"__all__ = {names[:1]!r}\n__all__ += {names[1:]!r}"
        return f"__all__ = {names!r}"
