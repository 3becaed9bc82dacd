"""How the installed takk reads projects: `samples.py ROOT...` prints their compiled form, and the fields of their classes.

Each ROOT contains a `project.py`. TAKK_ENV is the environment.
"""

import importlib
import json
import os
import sys
from pathlib import Path

from plain import plain
from pydantic import BaseModel
from takk.models import CompiledProject, Project, settings_for


def compiled(project: Project, root: Path):
    """The project in the form that takk's platform reads, or the error that prevents it."""
    try:
        return plain(CompiledProject.from_project(project, [], None, root))
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"


def classes(root: Path):
    """The fields of the project's own classes, in the form for takk's platform."""
    found = {}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file is None or not Path(file).is_relative_to(root):
            continue
        for name, cls in vars(module).items():
            is_settings = isinstance(cls, type) and (issubclass(cls, BaseModel) or hasattr(cls, "__dataclass_fields__"))
            if is_settings and cls.__module__ == module.__name__:
                found[f"{module.__name__}:{name}"] = plain(settings_for(cls))
    return found


def read(root: Path):
    """The compiled form and the classes of one project."""
    os.chdir(root)
    sys.path.insert(0, str(root))
    before = set(sys.modules)
    try:
        module = importlib.import_module("project")
        projects = {name: compiled(value, root) for name, value in vars(module).items() if isinstance(value, Project)}
        return {"projects": projects, "classes": classes(root)}
    finally:
        sys.path.remove(str(root))
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if Path(file).is_relative_to(root) or not file:
                del sys.modules[name]


if __name__ == "__main__":
    roots = [Path(given).resolve() for given in sys.argv[1:]]
    json.dump({root.name: read(root) for root in roots}, sys.stdout, indent=1)
