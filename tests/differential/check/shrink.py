"""Makes a project as small as possible while one disagreement persists."""

from __future__ import annotations

import ast
import contextlib
import shutil
import tempfile
import time
from pathlib import Path

from .disagreement import Disagreement, disagreements
from .edits import Files, fewer_files, fewer_statements, smaller_expressions
from .fork import answer_of, imported_by, truth_of
from .slice import dotted, slice_of


class OutOfTimeError(Exception):
    """The search has used up its time."""


class Search:
    """Remembers the smallest project that still disagrees."""

    def __init__(self, project: Path, takk: list[str], wanted: Disagreement, seconds: float):
        self.takk = takk
        self.wanted = wanted
        self.fixed = {name: (project / name).read_text() for name in ("pyproject.toml", "requirements.txt") if (project / name).exists()}
        self.end = time.monotonic() + seconds
        self.best = read(project)

    def still(self, candidate: Files) -> bool:
        """Whether the candidate disagrees too. If so, it becomes the best so far."""
        if time.monotonic() > self.end:
            raise OutOfTimeError
        if disagrees(candidate, self.fixed, self.takk, self.wanted) is None:
            return False
        self.best = candidate
        return True

    def run(self, project: Path) -> None:
        """Searches until nothing more can be removed."""
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
        """The files, starting with that of the class: what it no longer mentions can then be removed at once."""
        return sorted(self.best, key=lambda name: (dotted(name) != self.wanted.module, -len(ast.unparse(self.best[name]))))

    def drop_what_is_not_needed(self) -> None:
        kept = slice_of(self.best, self.wanted.module, self.wanted.qualname)
        if size(kept) < size(self.best):
            self.still(kept)


def shrink(project: Path, takk: list[str], wanted: Disagreement, seconds: float = 40) -> dict[str, str]:
    """The files of the smallest project that is found in time, without the empty ones."""
    search = Search(project, takk, wanted, seconds)
    with contextlib.suppress(OutOfTimeError):
        search.run(project)
    return {name: ast.unparse(tree) for name, tree in sorted(search.best.items()) if tree.body}


def slice_sizes(project: Path, found: list[Disagreement]) -> dict[tuple[str, str], int]:
    """The size of what each disagreeing class depends on: the smallest shrink fastest."""
    files = read(project)
    classes = {(one.module, one.qualname) for one in found}
    return {cls: sum(len(tree.body) for tree in slice_of(files, *cls).values()) for cls in classes}


def read(project: Path) -> Files:
    return {str(f.relative_to(project)): ast.parse(f.read_text()) for f in sorted(project.rglob("*.py"))}


def size(files: Files) -> int:
    return sum(len(ast.unparse(tree)) for tree in files.values())


def disagrees(files: Files, fixed: dict[str, str], takk: list[str], wanted: Disagreement) -> Disagreement | None:
    """The same disagreement in these files, if it exists there."""
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
