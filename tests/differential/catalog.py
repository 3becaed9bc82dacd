"""Compares the catalog with an installed takk and pydantic.

    Reads {"catalog": ..., "stub": ...} from standard input; exits with 1, and one line for each unexplained difference.
"""

import dataclasses
import inspect
import json
import sys
import typing

import pydantic
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import takk.models as models
import takk.resources as resources
import takk.secrets as secrets

# Where the catalog follows the documentation (the first seed) or contains more than the package, with the reason.
EXPLAINED = {
    "shorthand LokiUser": "the seed has `str`",
    "shorthand LokiToken": "the seed has `SecretStr`",
    "shorthand MimirToken": "the seed has `SecretStr`",
    "parameters of NatsScaler": "a forward reference keeps pydantic from making its signature",
    "parameters of Project": "`shared_secrets` is the seed's name for `shared_settings`",
}

differences: list[str] = []


def public_names(module: object) -> dict[str, object]:
    """The public names of a module. A lazy module only contains them after their first use."""
    return {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}


def compare(what: str, ours: object, theirs: object) -> None:
    if ours != theirs and what not in EXPLAINED:
        differences.append(f"{what}: takk has {theirs!r}, the catalog has {ours!r}")


def type_name(annotation: object) -> str:
    return getattr(annotation, "__name__", str(annotation)) if isinstance(annotation, type) else str(annotation)


def tags(kinds: list[dict]) -> None:
    ours = {tag["member"]: tag["value"] for kind in kinds for tag in kind["tags"]}
    compare("tags", ours, {tag.name: tag.value for tag in secrets.ResourceTags})


def shorthands(kinds: list[dict]) -> None:
    theirs = {}
    for name, value in public_names(secrets).items():
        if typing.get_origin(value) is not typing.Annotated:
            continue
        inner, *metadata = typing.get_args(value)
        tag = next(item for item in metadata if isinstance(item, secrets.ResourceTags))
        opaque = any(isinstance(item, secrets.SecretTypes) for item in metadata)
        theirs[name] = (type_name(inner), tag.name, opaque)
    ours = {s["name"]: (s["type"], s["tag"], s["opaque"]) for kind in kinds for s in kind["shorthands"]}
    for name in ours.keys() | theirs.keys():
        compare(f"shorthand {name}", ours.get(name), theirs.get(name))


def dsn_types(kinds: list[dict]) -> None:
    ours = {dsn["name"]: dsn["schemes"] for kind in kinds for dsn in kind["dsn_types"]}
    theirs = {
        name: getattr(pydantic, name)._constraints.allowed_schemes for name in pydantic.__all__ if name.endswith("Dsn")
    }
    compare("address types", ours, theirs)
    for kind in kinds:
        for dsn in kind["dsn_types"]:
            port = getattr(pydantic, dsn["name"])._constraints.default_port
            compare(f"port of {dsn['name']}", kind["port"], port if port is not None else kind["port"])


def field(info: FieldInfo) -> tuple:
    # The stub's enum is not the package's, so members are compared by name.
    metadata = [f"{type(item).__name__}.{getattr(item, 'name', item)}" for item in info.metadata]
    annotation = str(info.annotation).replace("stub.", "takk.secrets.")
    return annotation, metadata, info.is_required(), info.default


def classes(stub: str) -> None:
    ours: dict[str, object] = {"__name__": "stub"}
    # The code that reads secret paths is a compiled extension, which does not affect resources.
    exec(compile(stub.replace("import takk.runtime as runtime\n", ""), "stub", "exec"), ours)
    published = {**public_names(secrets), **public_names(models)}
    for name, cls in published.items():
        if not (inspect.isclass(cls) and issubclass(cls, BaseModel) and cls.__module__ in ("takk.secrets", "takk.models")):
            continue
        if not issubclass(cls, pydantic_settings_base()) or name in ("BaseSettings", "TakkServer"):
            continue
        compare(f"class {name}", name in ours, True)
    for name, cls in ours.items():
        if inspect.isclass(cls) and issubclass(cls, BaseModel) and cls.__module__ == "stub":
            theirs = published.get(name)
            compare(f"base of {name}", cls.__base__, getattr(theirs, "__base__", None))
            compare(
                f"fields of {name}",
                [(key, *field(info)) for key, info in cls.model_fields.items()],
                [(key, *field(info)) for key, info in getattr(theirs, "model_fields", {}).items()],
            )
        elif name in ("Environments", "OpaqueSecret") or name.startswith("Takk") and not inspect.isclass(cls):
            compare(f"alias {name}", str(cls), str(published.get(name)))


def pydantic_settings_base() -> type:
    from pydantic_settings import BaseSettings

    return BaseSettings


def default_of(parameter: inspect.Parameter, cls: type) -> object:
    if dataclasses.is_dataclass(cls):
        for f in dataclasses.fields(cls):
            if f.name == parameter.name and f.default_factory is not dataclasses.MISSING:
                return f.default_factory()
    return parameter.default


def components(listed: list[dict]) -> None:
    for component in listed:
        name = component["name"]
        module = {"takk.models": models, "takk.resources": resources}[component["module"]]
        target = module
        for part in name.split("."):
            target = getattr(target, part, None)
        if target is None:
            differences.append(f"component {name}: takk has none")
            continue
        parameters = [
            p for p in inspect.signature(target).parameters.values() if p.kind is not p.VAR_KEYWORD and p.name != "self"
        ]
        positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        compare(f"parameters of {name}", (component["positional"], component["keywords"]), (positional, keywords))
        by_name = {p.name: p for p in parameters}
        if component["port"] and "port" in by_name:
            compare(f"port of {name}", component["port"], by_name["port"].default)
        if component["image"]:
            compare(f"image of {name}", component["image"], by_name["docker_image"].default)
        for key in ("settings", "auth_settings"):
            if key in by_name and component["name"] != "PostgresInstance":
                default = default_of(by_name[key], target)
                default = default if isinstance(default, list) else [default]
                names = [cls.__name__ for cls in default if inspect.isclass(cls) and issubclass(cls, BaseModel)]
                compare(f"settings of {name}", component["default_settings"], names)
        if component["instance"] and component["module"] == "takk.resources":
            version = target.model_fields["version"]
            compare(f"versions of {name}", component["instance"]["versions"], [str(v) for v in typing.get_args(version.annotation)])
            compare(f"version of {name}", component["instance"]["version"], str(version.default))
    known = {component["name"] for component in listed}
    for module in (models, resources):
        for name, cls in public_names(module).items():
            makes = any(hasattr(cls, attribute) for attribute in ("to_container", "network_app"))
            if inspect.isclass(cls) and makes and name not in ("ContainerRepresentable", "Resource"):
                compare(f"component {name}", name in known, True)


def networks(listed: list[dict]) -> None:
    """The ports, tags and descriptions that servers without such parameters fill in."""
    for component in listed:
        cls = getattr(models, component["name"], None)
        if component["part_of"] or not hasattr(cls, "network_app"):
            continue
        arguments = {"app": "app"} if "app" in component["positional"] else {}
        app = cls(**arguments).network_app(None)
        compare(f"port of {component['name']}", component["port"], app.port)
        compare(f"tags of {component['name']}", component["adds_tags"], app.tags or [])


def main() -> int:
    given = json.load(sys.stdin)
    kinds, listed = given["catalog"]["kinds"], given["catalog"]["components"]
    tags(kinds)
    shorthands(kinds)
    dsn_types(kinds)
    classes(given["stub"])
    components(listed)
    networks(listed)
    print("\n".join(sorted(differences)))
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
