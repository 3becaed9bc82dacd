"""Smaller versions of Python files: with fewer files, statements and parts of expressions."""

from __future__ import annotations

import ast
import copy
from typing import Callable, Iterator

Files = dict[str, ast.Module]


def fewer_files(files: Files, still: Callable[[Files], bool]) -> Files:
    """Removes files, first half of them at once; may also empty an `__init__.py`."""
    names = fewer(list(files), lambda kept: still({name: files[name] for name in kept}))
    files = {name: files[name] for name in names}
    for name in [n for n in files if n.endswith("__init__.py") and files[n].body]:
        emptied = {**files, name: ast.Module([], [])}
        if still(emptied):
            files = emptied
    return files


def fewer(items: list, still: Callable[[list], bool]) -> list:
    """The items without those that can be removed, tried in ever smaller pieces."""
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
    """All nodes with a body of statements, outermost first."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.If, ast.Try, ast.FunctionDef)):
            yield node


def fewer_statements(files: Files, name: str, still: Callable[[Files], bool]) -> Files:
    """Removes statements, body by body."""
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
    """Removes bases, keywords, arguments, decorators and imported names, and replaces expressions by one of their parts."""
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
    """Copies of the tree, each with something removed from its index-th node."""
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
    """Copies without a statement's value, or with a compound statement replaced by its body."""
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
    """The bodies that could replace an `if` or a `try`."""
    if isinstance(node, ast.If):
        return [b for b in (node.body, node.orelse) if b]
    if isinstance(node, ast.Try):
        return [node.body] + [handler.body for handler in node.handlers]
    return []
