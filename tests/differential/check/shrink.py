"""Makes a project as small as it gets while one disagreement stays."""

from __future__ import annotations

import ast
import contextlib
import copy
import shutil
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator

from .disagreement import Disagreement, disagreements
from .fork import answer_of, imported_by, truth_of
from .slice import dotted, slice_of

Files = dict[str, ast.Module]


class OutOfTimeError(Exception):
    """The search has taken as long as it may."""


class Search:
    """Remembers the smallest project that still disagrees."""

    def __init__(self, project: Path, takk: list[str], wanted: Disagreement, seconds: float):
        self.takk = takk
        self.wanted = wanted
        self.fixed = {name: (project / name).read_text() for name in ("pyproject.toml", "requirements.txt") if (project / name).exists()}
        self.end = time.monotonic() + seconds
        self.best = read(project)

    def still(self, candidate: Files) -> bool:
        """Whether the candidate disagrees too; then it is the best so far."""
        if time.monotonic() > self.end:
            raise OutOfTimeError
        if disagrees(candidate, self.fixed, self.takk, self.wanted) is None:
            return False
        self.best = candidate
        return True

    def run(self, project: Path) -> None:
        """Search until nothing can go any more."""
        module, qualname = self.wanted.module, self.wanted.qualname
        if not any(self.still(slice_of(self.best, module, qualname, whole)) for whole in (False, True)):
            needed = imported_by(module, project)
            self.still({name: tree for name, tree in self.best.items() if name in needed})
        before = None
        while before != size(self.best):
            before = size(self.best)
            for name in self.own_file_first():
                self.drop_what_is_not_needed()
                if name in self.best:
                    fewer_statements(self.best, name, self.still)
                    smaller_expressions(self.best, name, self.still)
            self.drop_what_is_not_needed()
            fewer_files(self.best, self.still)

    def own_file_first(self) -> list[str]:
        """The files, that of the class first, for what it does not mention any more goes at once."""
        return sorted(self.best, key=lambda name: (dotted(name) != self.wanted.module, -len(ast.unparse(self.best[name]))))

    def drop_what_is_not_needed(self) -> None:
        kept = slice_of(self.best, self.wanted.module, self.wanted.qualname)
        if size(kept) < size(self.best):
            self.still(kept)


def shrink(project: Path, takk: list[str], wanted: Disagreement, seconds: float = 40) -> dict[str, str]:
    """The files of the smallest project found in that time, without the empty ones."""
    search = Search(project, takk, wanted, seconds)
    with contextlib.suppress(OutOfTimeError):
        search.run(project)
    return {name: ast.unparse(tree) for name, tree in sorted(search.best.items()) if tree.body}


def slice_sizes(project: Path, found: list[Disagreement]) -> dict[tuple[str, str], int]:
    """How much each disagreeing class depends on: the smallest shrink fastest."""
    files = read(project)
    classes = {(one.module, one.qualname) for one in found}
    return {cls: sum(len(tree.body) for tree in slice_of(files, *cls).values()) for cls in classes}


def read(project: Path) -> Files:
    return {str(f.relative_to(project)): ast.parse(f.read_text()) for f in sorted(project.rglob("*.py"))}


def size(files: Files) -> int:
    return sum(len(ast.unparse(tree)) for tree in files.values())


def disagrees(files: Files, fixed: dict[str, str], takk: list[str], wanted: Disagreement) -> Disagreement | None:
    """The same disagreement in these files, if it is there."""
    root = Path(tempfile.mkdtemp(prefix="shrink-"))
    try:
        for name, text in fixed.items():
            (root / name).write_text(text)
        for name, tree in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(ast.unparse(tree) + "\n")
        truth = truth_of(root, (wanted.module, wanted.qualname))
        if truth is None or truth["failed"]:
            return None
        answer = answer_of(takk, root)
        return next((d for d in disagreements(truth, answer or {}) if d.key() == wanted.key() and d.sort() == wanted.sort()), None)
    finally:
        shutil.rmtree(root)


def fewer_files(files: Files, still: Callable[[Files], bool]) -> Files:
    """Leave out files, in halves first; an `__init__.py` may also be emptied."""
    names = fewer(list(files), lambda kept: still({name: files[name] for name in kept}))
    files = {name: files[name] for name in names}
    for name in [n for n in files if n.endswith("__init__.py") and files[n].body]:
        emptied = {**files, name: ast.Module([], [])}
        if still(emptied):
            files = emptied
    return files


def fewer(items: list, still: Callable[[list], bool]) -> list:
    """The items without those that can go, tried in ever smaller pieces."""
    piece = max(1, len(items) // 2)
    while piece >= 1:
        start = 0
        while start < len(items):
            kept = items[:start] + items[start + piece :]
            if still(kept):
                items = kept
            else:
                start += piece
        piece = piece // 2
    return items


def bodies(tree: ast.Module) -> Iterator[ast.AST]:
    """Everything with a body of statements, outermost first."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.If, ast.Try, ast.FunctionDef)):
            yield node


def fewer_statements(files: Files, name: str, still: Callable[[Files], bool]) -> Files:
    """Leave out statements, body by body."""
    index = 0
    while True:
        nodes = list(bodies(files[name]))
        if index >= len(nodes):
            return files

        def with_body(kept: list, index: int = index) -> Files:
            tree = copy.deepcopy(files[name])
            node = list(bodies(tree))[index]
            node.body = copy.deepcopy(kept) or ([] if isinstance(node, ast.Module) else [ast.Pass()])
            return {**files, name: ast.fix_missing_locations(tree)}

        body = nodes[index].body
        if len(body) > 1 or not isinstance(body[0] if body else ast.Pass(), ast.Pass):
            kept = fewer(body, lambda kept: still(with_body(kept)))
            if len(kept) < len(body):
                files = with_body(kept)
        index += 1


def smaller_expressions(files: Files, name: str, still: Callable[[Files], bool]) -> Files:
    """Leave out bases, keywords, arguments, decorators, names of imports; put one part in place of a whole."""
    index = 0
    while True:
        if index >= sum(1 for _ in ast.walk(files[name])):
            return files
        for tree in edited(files[name], index):
            candidate = {**files, name: ast.fix_missing_locations(tree)}
            if still(candidate):
                files = candidate
                break
        else:
            index += 1


def edited(tree: ast.Module, index: int) -> Iterator[ast.Module]:
    """Copies of the tree with one thing less at its index-th node."""
    node = list(ast.walk(tree))[index]
    for attribute in ("bases", "keywords", "args", "decorator_list", "names", "elts", "orelse", "handlers"):
        values = getattr(node, attribute, None)
        least = 1 if attribute in ("names", "handlers", "elts") else 0
        for position in range(len(values) if isinstance(values, list) and len(values) > least else 0):
            copied = copy.deepcopy(tree)
            del getattr(list(ast.walk(copied))[index], attribute)[position]
            yield copied
    yield from replaced(tree, index, node)


def replaced(tree: ast.Module, index: int, node: ast.AST) -> Iterator[ast.Module]:
    """Copies with a statement's value dropped, or a compound statement's body in its place."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        copied = copy.deepcopy(tree)
        list(ast.walk(copied))[index].value = None
        yield copied
    for position, child in enumerate(node.body if isinstance(node, ast.Module) else []):
        for inner in inside(child):
            copied = copy.deepcopy(tree)
            copied.body[position : position + 1] = copy.deepcopy(inner)
            yield copied


def inside(node: ast.AST) -> list[list[ast.stmt]]:
    """The bodies that could stand in place of an `if` or a `try`."""
    if isinstance(node, ast.If):
        return [b for b in (node.body, node.orelse) if b]
    if isinstance(node, ast.Try):
        return [node.body] + [handler.body for handler in node.handlers]
    return []
