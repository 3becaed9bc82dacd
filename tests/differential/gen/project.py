"""A whole project: its layout, its modules in order of import, and a check of each with the real pydantic."""

from __future__ import annotations

import importlib
import random
import sys
import traceback
import warnings
from pathlib import Path

from . import legacy, settings, values
from .annotations import Annotations, new_alias, new_dataclass, new_enum, new_model
from .module import Entity, Module
from .names import FIELDS, WORDS

MODULE_WORDS = "settings config base options env db cache auth mail queue storage web tasks metrics flags types constants".split()


class Project:
    """Writes modules one by one. Each is imported at once, and what fails is dropped and counted."""

    def __init__(self, seed: int, count: int, out: Path, versions: dict[str, str]):
        self.rng = random.Random(seed)
        self.count = count
        self.out = out
        self.versions = versions
        self.old = tuple(map(int, versions["pydantic"].split(".")[:2])) < (2, 11)
        self.python = sys.version_info[:2]
        self.seed = seed
        self.modules: list[Module] = []
        self.used_names: set[str] = set()
        self.dropped: list[str] = []
        self.made = 0
        #: Packages without subpackages.
        self.flat: set[str] = set()

    # what modules ask for

    def fresh(self, name: str) -> str:
        """The name, with a number if it is taken."""
        candidate, number = name, 1
        while candidate in self.used_names:
            number += 1
            candidate = f"{name}{number}"
        self.used_names.add(candidate)
        return candidate

    def known(self, kind: str) -> list[Entity]:
        return [e for m in self.modules for e in m.entities if e.kind == kind and not e.dropped]

    def field_names(self, count: int, taken) -> list[str]:
        free = [f for f in FIELDS if f not in taken]
        return self.rng.sample(free, min(count, len(free)))

    # writing

    def write(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        self._write_metadata()
        sys.path[:0] = [str(self.out), str(self.out / "src")]
        number = 0
        while self.made < self.count:
            self._write_package(number)
            number += 1

    def _write_metadata(self) -> None:
        requirements = [f"{name}=={version}" for name, version in self.versions.items()]
        (self.out / "requirements.txt").write_text("\n".join(requirements) + "\n")
        names = "".join(f'    "{r}",\n' for r in requirements)
        text = f'[project]\nname = "generated-{self.seed}"\nversion = "0.1.0"\nrequires-python = ">=3.10"\ndependencies = [\n{names}]\n'
        (self.out / "pyproject.toml").write_text(text)

    def _write_package(self, number: int) -> None:
        package = f"{WORDS[number % len(WORDS)]}{self.seed}_{number}"
        parent = self.rng.choice([package, package, f"{package}.sub", f"{package}.core.conf"])
        if parent == package:
            self.flat.add(package)
        root = self.out / "src" if self.rng.random() < 0.4 else self.out
        namespace = self.rng.random() < 0.1
        initialisers = {} if namespace else self._initialisers(root, package, parent)
        homes = [package, parent] if self.rng.random() < 0.5 else [parent]
        if len(set(homes)) > 1:  # an inner package that imports its own modules would import them before those that they need
            initialisers = {name: init for name, init in initialisers.items() if name == package}
        for word in self.rng.sample(MODULE_WORDS, self.rng.randint(2, 5)):
            home = self.rng.choice(homes)
            module = Module(self, f"{home}.{word}", root / home.replace(".", "/") / f"{word}.py")
            if any(m.dotted == module.dotted for m in self.modules):
                continue
            if self.rng.random() < 0.25:
                self._fill_legacy(module)
            else:
                self._fill(module)
            self._finish(module)
            self._export(module, initialisers)
            if self.made >= self.count:
                break

    def _initialisers(self, root: Path, package: str, parent: str) -> dict[str, Module]:
        """The `__init__.py` files of the package and of those below it."""
        found = {}
        parts = parent.split(".")
        for depth in range(1, len(parts) + 1):
            dotted = ".".join(parts[:depth])
            file = root / "/".join(parts[:depth]) / "__init__.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text('"""A package."""\n')
            found[dotted] = Module(self, dotted, file, is_package=True)
        return found

    def _fill(self, m: Module) -> None:
        r, types = self.rng, Annotations(m)
        for maker, chance in [(lambda: values.constant(m, "const_str"), 0.8), (lambda: values.constant(m, "const_int"), 0.6),
                              (lambda: new_enum(m), 0.4), (lambda: new_model(m, types), 0.5), (lambda: new_alias(m, types), 0.5),
                              (lambda: new_dataclass(m, types), 0.2), (lambda: settings.mixin(m, types), 0.25),
                              (lambda: settings.generic_base(m, types), 0.12), (lambda: settings.own_base(m), 0.12),
                              (lambda: settings.look_alike(m, types), 0.15)]:
            if r.random() < chance:
                maker()
        for _ in range(r.randint(1, 10)):
            settings.settings_class(m, types)

    def _fill_legacy(self, m: Module) -> None:
        types = Annotations(m, legacy.LIBRARY)
        for _ in range(self.rng.randint(2, 8)):
            legacy.legacy_class(m, types)

    def _finish(self, m: Module) -> None:
        """Writes the module and imports it; drops the chunks that fail."""
        public = [n for n in dict.fromkeys(e.name for e in m.entities) if "." not in n]
        if self.rng.random() < 0.3 and public:
            m.exported = sorted(self.rng.sample(public, self.rng.randint(1, len(public))))
        m.file.parent.mkdir(parents=True, exist_ok=True)
        self.made += sum(1 for e in m.entities if e.kind in ("settings", "settings_v1"))
        while True:
            text, spans = m.render()
            m.file.write_text(text)
            importlib.invalidate_caches()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    importlib.import_module(m.dotted)
                break
            except Exception as problem:  # noqa: BLE001 whatever the class statement raises
                if not self._drop(m, spans, problem):
                    raise
        self.modules.append(m)

    def _drop(self, m: Module, spans: list[tuple[int, int]], problem: BaseException) -> bool:
        lines = [f.lineno for f in traceback.extract_tb(problem.__traceback__) if f.filename == str(m.file)]
        lines += [problem.lineno] if isinstance(problem, SyntaxError) else []
        for index, (start, end) in enumerate(spans):
            if lines and start <= lines[-1] <= end or lines and start <= lines[0] <= end:
                chunk = m.chunks.pop(index)
                for entity in chunk.entities:
                    entity.dropped = True
                names = {e.name for e in chunk.entities}
                m.exported = [n for n in m.exported if n not in names] if m.exported is not None else None
                self.dropped.append(f"{m.dotted}:{','.join(sorted(names))}: {type(problem).__name__}: {str(problem)[:200]}")
                self.made -= sum(1 for e in chunk.entities if e.kind in ("settings", "settings_v1"))
                return True
        return False

    def _export(self, m: Module, initialisers: dict[str, Module]) -> None:
        """Re-exports parts of the module from the packages above it."""
        for dotted, init in reversed(initialisers.items()):
            inside = m.dotted.startswith(dotted + ".")
            if not inside or self.rng.random() < 0.5:
                continue
            candidates = [e for e in m.entities if "." not in e.name and not e.dropped]
            for entity in self.rng.sample(candidates, min(len(candidates), self.rng.randint(1, 4))):
                self._export_one(init, m, entity)
            init.file.write_text(init.render()[0])

    def _export_one(self, init: Module, m: Module, entity: Entity) -> None:
        name = entity.name if self.rng.random() < 0.8 else f"{entity.name}Out"
        source = init._relative_to(m.dotted) if self.rng.random() < 0.6 else m.dotted
        line = f"from {source} import {entity.name}" + ("" if name == entity.name else f" as {name}")
        if self.rng.random() < 0.2 and m.exported and m.stars(entity.name):
            name, line = entity.name, f"from {source} import *"
        init.imports[line] = None
        exec(line.replace(f"from {source} ", f"from {m.dotted} "), sys.modules[init.dotted].__dict__)
        entity.homes.append((init.dotted, name))
