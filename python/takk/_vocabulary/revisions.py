"""Alembic's revisions of a database. Their files are parsed, not executed."""

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser, Error
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from takk._lazy import public


class Revision(BaseModel):
    """One revision: its name, the ones it follows, and its operations."""

    file_path: str
    revision_id: str
    down_revision: str | list[str] | None
    branch_labels: list[str] | None
    depends_on: list[str] | None

    created_at: datetime
    name: str
    code: str

    upgrade_ops: list[str] = Field(default_factory=list)
    downgrade_ops: list[str] = Field(default_factory=list)


def revisions_for_alembic_config(path: Path) -> list[Revision]:
    """The revisions of this `alembic.ini`, the oldest name first. Files that are not revisions, or not valid Python, are ignored."""
    if not path.is_file():
        return []
    config = ConfigParser(interpolation=None)
    try:
        config.read(path)
        location = config.get("alembic", "script_location", fallback=".")
    except Error:
        return []
    directory = path.parent / location.replace("%(here)s", str(path.parent)) / "versions"
    found = (_revision_of(file, path.parent) for file in sorted(directory.glob("*.py")))
    return [revision for revision in found if revision is not None]


def _revision_of(file: Path, root: Path) -> Revision | None:
    code = file.read_text()
    try:
        module = ast.parse(code)
    except SyntaxError:
        return None
    values = _constants(module)
    identifier = values.get("revision")
    if not isinstance(identifier, str):
        return None
    description = ast.get_docstring(module) or ""
    down = values.get("down_revision")
    return Revision(
        file_path=file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file),
        revision_id=identifier,
        down_revision=down if isinstance(down, str) else _texts(down),
        branch_labels=_texts(values.get("branch_labels")),
        depends_on=_texts(values.get("depends_on")),
        created_at=_created(description),
        name=description.partition("\n")[0],
        code=code,
        upgrade_ops=_operations(module, "upgrade"),
        downgrade_ops=_operations(module, "downgrade"),
    )


def _constants(module: ast.Module) -> dict[str, object]:
    """The literals that a module assigns, with or without an annotation."""
    values: dict[str, object] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name):
                try:
                    values[target.id] = ast.literal_eval(value)
                except ValueError:
                    continue
    return values


def _texts(value: Any) -> list[str] | None:
    """Alembic accepts one string or several."""
    if isinstance(value, str):
        return [value]
    return [str(each) for each in value] if isinstance(value, (list, tuple)) else None


def _created(description: str) -> datetime:
    """The date in the docstring that Alembic writes, by default now."""
    found = re.search("^Create Date: (.+)$", description, re.MULTILINE)
    if found is not None:
        try:
            return datetime.fromisoformat(found[1].strip())
        except ValueError:
            pass
    return datetime.now(timezone.utc)


def _operations(module: ast.Module, function: str) -> list[str]:
    """The operations that a function calls, each once: those of `op`, and those of batches that alter a table."""
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == function:
            operators = {"op", *_batches(statement)}
            called = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
            return list(dict.fromkeys(_calls(called, operators)))
    return []


def _batches(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            yield node.optional_vars.id


def _calls(called: Iterator[ast.expr], operators: set[str]) -> Iterator[str]:
    for callee in called:
        if isinstance(callee, ast.Attribute) and isinstance(callee.value, ast.Name) and callee.value.id in operators:
            yield callee.attr


public(globals(), "takk.models")
