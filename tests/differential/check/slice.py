"""The statements of a project on which one class can depend, found by name: a first large reduction before any candidate is tested."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import PurePath

Files = dict[str, ast.Module]


def slice_of(files: Files, module: str, qualname: str, whole_packages: bool = False) -> Files:
    """The files, reduced to what the class may need; every package on the path keeps an `__init__.py`, perhaps an empty one.

    With `whole_packages`, the `__init__.py` files do not change, and neither does the order of imports.
    """
    slicer = Slicer(files, whole_packages)
    top = qualname.partition(".")[0]
    slicer.load(module)
    slicer.need(module, top)
    for position, statement in enumerate(slicer.tree(module).body):
        if top in words(statement) and "<locals>" in qualname:
            slicer.take(module, position)
    return slicer.result()


class Slicer:
    """Follows names from statement to statement."""

    def __init__(self, files: Files, whole_packages: bool):
        self.files = files
        self.whole_packages = whole_packages
        self.loaded: set[str] = set()
        self.names = {dotted(name): name for name in files}
        self.taken: dict[str, set[int]] = {module: set() for module in self.names}
        self.seen: set[tuple[str, str]] = set()
        self.stars = {module: stars_of(self.tree(module), self.package(module)) for module in self.names}

    def tree(self, module: str) -> ast.Module:
        return self.files[self.names[module]]

    def package(self, module: str) -> str:
        return module if self.names[module].endswith("__init__.py") else module.rpartition(".")[0]

    def need(self, module: str, name: str) -> None:
        """Requires a name of the module: takes the statements that bind it."""
        if module not in self.names or (module, name) in self.seen:
            return
        self.seen.add((module, name))
        for position, statement in enumerate(self.tree(module).body):
            if name in bound(statement):
                self.take(module, position)
        for position, source in self.stars[module]:
            if self.provides(source, name):
                self.take(module, position)
                self.need(source, name)
                self.need(source, "__all__")

    def provides(self, module: str, name: str, depth: int = 0) -> bool:
        """Whether the module provides the name, itself or through a star import."""
        if module not in self.names or depth > 8:
            return False
        if any(name in bound(statement) for statement in self.tree(module).body):
            return True
        return any(self.provides(source, name, depth + 1) for _, source in self.stars[module])

    def take(self, module: str, position: int) -> None:
        """Keeps the statement, and requires all names that it mentions."""
        if position in self.taken[module]:
            return
        self.taken[module].add(position)
        statement = self.tree(module).body[position]
        for word in words(statement) - {"__all__"}:
            self.need(module, word)
        for node in ast.walk(statement):
            self.imported(module, node)
        for chain in chains(statement):
            self.follow(module, chain)

    def imported(self, module: str, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.load(alias.name)
        if isinstance(node, ast.ImportFrom):
            source = absolute(node, self.package(module))
            self.load(source)
            for alias in node.names:
                self.load(f"{source}.{alias.name}")
                self.need(source, alias.name)

    def load(self, module: str) -> None:
        """Requires an imported module and the packages around it."""
        if module not in self.names or module in self.loaded:
            return
        self.loaded.add(module)
        if self.whole_packages and self.package(module) == module:
            for position in range(len(self.tree(module).body)):
                self.take(module, position)
        self.load(module.rpartition(".")[0])

    def follow(self, module: str, chain: list[str]) -> None:
        """`a.b.NAME` after `import a.b`: requires NAME of that module."""
        for statement in self.tree(module).body:
            for start in module_bindings(statement, chain[0], self.package(module)):
                full = [*start.split("."), *chain[1:]]
                for cut in range(1, len(full)):
                    self.need(".".join(full[:cut]), full[cut])

    def result(self) -> Files:
        kept = {}
        for module, positions in self.taken.items():
            if positions or module in self.loaded:
                body = [self.tree(module).body[p] for p in sorted(positions)]
                kept[self.names[module]] = ast.Module([with_short_list(s, body) for s in self.with_future(module, body)], [])
        for name in list(kept):
            for parent in PurePath(name).parents:
                initialiser = str(parent / "__init__.py")
                if initialiser in self.files:
                    kept.setdefault(initialiser, ast.Module([], []))
        return kept

    def with_future(self, module: str, body: list[ast.stmt]) -> list[ast.stmt]:
        future = [s for s in self.tree(module).body if isinstance(s, ast.ImportFrom) and s.module == "__future__" and s not in body]
        return future + body


def with_short_list(statement: ast.stmt, body: list[ast.stmt]) -> ast.stmt:
    """`__all__` without the names that were removed; any other statement unchanged."""
    if "__all__" not in bound(statement) or not isinstance(getattr(statement, "value", None), (ast.List, ast.Tuple)):
        return statement
    present = {name for other in body for name in bound(other)}
    names = [element.value for element in statement.value.elts if element.value in present]
    return ast.parse(f"__all__ {'+=' if isinstance(statement, ast.AugAssign) else '='} {names!r}").body[0]


def dotted(name: str) -> str:
    parts = PurePath(name).with_suffix("").parts
    parts = parts[1:] if parts[0] == "src" else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def bound(statement: ast.stmt) -> set[str]:
    """The names that a top-level statement may bind."""
    names = set()
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
            continue
        todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return names


@functools.cache
def words(statement: ast.stmt) -> set[str]:
    """Every identifier that is mentioned, including those in strings."""
    return set(re.findall(r"[A-Za-z_]\w*", ast.unparse(statement)))


@functools.cache
def chains(statement: ast.stmt) -> list[list[str]]:
    """Every `a.b.c`, including those in strings."""
    return [text.split(".") for text in set(re.findall(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", ast.unparse(statement)))]


def absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def stars_of(tree: ast.Module, package: str) -> list[tuple[int, str]]:
    """The positions and modules of `from module import *`."""
    found = []
    for position, statement in enumerate(tree.body):
        stars = [n for n in ast.walk(statement) if isinstance(n, ast.ImportFrom) and n.names[0].name == "*"]
        found += [(position, absolute(node, package)) for node in stars]
    return found


def module_bindings(statement: ast.stmt, name: str, package: str) -> list[str]:
    """The modules to which the name may refer."""
    found = []
    for node in ast.walk(statement):
        if isinstance(node, ast.Import):
            found += [a.name if a.asname else name for a in node.names if (a.asname or a.name.partition(".")[0]) == name]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{absolute(node, package)}.{a.name}" for a in node.names if (a.asname or a.name) == name]
    return found
