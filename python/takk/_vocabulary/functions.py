"""References to functions and modules of the project, as takk writes them into commands."""

import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any


def module_ref(defined: Callable[..., Any] | ModuleType, root_path: Path | None) -> str:
    """The module that something is defined in, as it is imported in the project's directory."""
    path = source_path(defined, root_path)
    return ".".join(path.with_suffix("").parts)


def function_ref(function: Callable[..., Any], root_path: Path | None) -> str:
    """The function as `module:name`."""
    return f"{module_ref(function, root_path)}:{function.__name__}"


def source_path(defined: Callable[..., Any] | ModuleType, root_path: Path | None) -> Path:
    """The file that something is defined in, from the project's directory. Raises `ValueError` for one outside of it."""
    root = (root_path or Path.cwd()).resolve()
    return Path(inspect.getfile(defined)).resolve().relative_to(root)


def imported(reference: str) -> Any:
    """What `module:name` (or `module.name`) refers to. Raises `ValueError`, `ImportError` or `AttributeError`."""
    from importlib import import_module

    module, _, name = reference.rpartition(":" if ":" in reference else ".")
    if not module:
        raise ValueError(f"{reference!r} is not a reference such as 'module:name'")
    return getattr(import_module(module), name)
