"""The truth about the example: `shop_truth.py ROOT` imports every module under ROOT and prints, as JSON in the form of the corpus'
truth files, the settings classes that these modules define, as pydantic-settings sees them.
"""

import importlib
import json
import os
import sys
import types
from pathlib import Path
from typing import get_args, get_origin

from pydantic import BaseModel, Field, SecretBytes, SecretStr
from pydantic_settings import BaseSettings
from pydantic_settings.sources import EnvSettingsSource
from takk.secrets import SecretTypes


def stand_in_for_vaultly() -> types.ModuleType:
    """Replaces vaultly as far as a class statement needs it, because it cannot be installed everywhere but a module imports it."""

    class SecretModel(BaseModel):
        pass

    def secret(path: str, *, ttl=None, transform=None, version=None, description=None):
        return Field(default=None, description=description)

    module = types.ModuleType("vaultly")
    module.SecretModel, module.Secret = SecretModel, secret
    return module


def module_names(root: Path) -> list[str]:
    """Every module under the root, except its tests."""
    files = (path.relative_to(root) for path in sorted(root.rglob("*.py")))
    files = (path for path in files if path.parts[0] not in (".venv", "tests"))
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files]


def parts(annotation) -> list:
    """The annotation, and everything inside of it."""
    return [annotation, *(inner for argument in get_args(annotation) for inner in parts(argument))]


def is_secret(annotation, metadata) -> bool:
    """Whether pydantic hides the value, it is a URL with a password, or takk's own metadata marks it as secret."""
    inside = [*parts(annotation), *metadata]
    return any(part in (SecretStr, SecretBytes) or isinstance(part, SecretTypes) or getattr(part, "__name__", "").endswith("Dsn") for part in inside)


def is_tagged(annotation, metadata) -> bool:
    """Whether takk's metadata describes the value: it may be a secret that pydantic does not know about."""
    return any(type(part).__module__.startswith("takk.") for part in [*parts(annotation), *metadata])


def model_of(annotation) -> type[BaseModel] | None:
    """The model that the annotation is, or may be."""
    return next((part for part in parts(annotation) if isinstance(part, type) and issubclass(part, BaseModel)), None)


def leaves(model: type[BaseModel], way: list[str], depth: int = 1):
    """The fields of a nested model that are neither models nor dictionaries, to depth 3."""
    for name, field in model.model_fields.items():
        inner = model_of(field.annotation)
        if inner and depth < 3:
            yield from leaves(inner, [*way, name], depth + 1)
        elif not inner and get_origin(field.annotation) is not dict:
            yield [*way, name]


def reads(cls: type[BaseSettings], name: str, path: list[str]) -> bool:
    """Whether the environment source puts that variable's value at that path, determined by running it."""
    os.environ[name] = "1"
    try:
        found = EnvSettingsSource(cls)()
        for key in path:
            if not isinstance(found, dict) or key not in found:
                return False
            found = found[key]
        return True
    finally:
        del os.environ[name]


def describe_field(cls: type[BaseSettings], source: EnvSettingsSource, name: str) -> dict:
    """One field, in the form of the corpus."""
    field = cls.model_fields[name]
    names = [env for _, env, _ in source._extract_field_info(field, name)]
    delimiter, model = source.env_nested_delimiter, model_of(field.annotation)
    nested = []
    for path in leaves(model, [name]) if delimiter and model else []:
        inner = [(delimiter.join([env, *path[1:]])).upper() for env in names]
        nested.append({"path": path, "kind": "leaf", "env_names": [env for env in inner if reads(cls, env, path)]})
    return {
        "name": name,
        "env_names": [env if source.case_sensitive else env.upper() for env in names],
        "required": field.is_required(),
        "is_secret": is_secret(field.annotation, field.metadata),
        "tagged": is_tagged(field.annotation, field.metadata),
        "optional": any(part is type(None) for part in parts(field.annotation)),
        "nested": nested,
    }


def describe(cls: type[BaseSettings]) -> dict:
    """One class, in the form of the corpus."""
    source = EnvSettingsSource(cls)
    fields = [describe_field(cls, source, name) for name in cls.model_fields]
    return {"module": cls.__module__, "qualname": cls.__qualname__, "kind": "module", "fields": fields}


def main(root: Path) -> None:
    """Prints the truth."""
    sys.path.insert(0, str(root))
    sys.modules.setdefault("vaultly", stand_in_for_vaultly())
    imported, failed, classes = [], {}, {}
    for name in module_names(root):
        try:
            module = importlib.import_module(name)
        except Exception as problem:
            failed[name] = repr(problem)
            continue
        imported.append(name)
        for cls in vars(module).values():
            if isinstance(cls, type) and issubclass(cls, BaseSettings) and cls.__module__ == name:
                classes[name, cls.__qualname__] = describe(cls)
    truth = {"package": root.name, "modules": {"imported": imported, "failed": failed}, "classes": [classes[key] for key in sorted(classes)]}
    json.dump(truth, sys.stdout, indent=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
