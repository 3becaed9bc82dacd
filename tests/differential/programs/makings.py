"""What instantiates a settings class, and how: each function adds classes, the code that instantiates them, and the variables they read."""

from __future__ import annotations

from .program import Member, Module, Program, Settings
from .fields import Kind


def made(program: Program, module: Module, **options) -> Settings:
    settings = program.settings(module, **options)
    program.write(settings)
    return settings


def call(program: Program, settings: Settings, arguments: str = "", name: str | None = None) -> None:
    """main.py instantiates it."""
    program.calls.append(f"{program.import_into(program.main, settings.module, name or settings.name)}({arguments})")


def in_main(program: Program, module: Module) -> None:
    settings = made(program, module)
    call(program, settings)
    program.read_by(settings)


def at_module_level(program: Program, module: Module) -> None:
    settings = made(program, module)
    name = f"{settings.name.lower()}_instance"
    module.chunks.append(f"{name} = {settings.name}()")
    program.calls.append(f"print({program.import_into(program.main, module, name)} is None)")
    program.read_by(settings)


def by_function(program: Program, module: Module) -> None:
    settings = made(program, module)
    name, cached = f"get_{settings.name.lower()}", program.rng.choice(["", "@lru_cache\n", "@functools.cache\n", "@lru_cache(maxsize=1)\n"])
    module.need("from functools import lru_cache" if "lru" in cached else "import functools" if cached else "")
    module.chunks.append(f"{cached}def {name}() -> {settings.name}:\n    return {settings.name}()")
    call(program, settings, name=name)
    program.read_by(settings)


def by_depends(program: Program, module: Module) -> None:
    settings = made(program, module)
    name = f"get_{settings.name.lower()}"
    module.chunks.append(f"def {name}():\n    return {settings.name}()")
    got = program.import_into(program.main, module, name)
    program.main.chunks.append(f"def Depends(provider):\n    return provider\n\n\ndef handle_{settings.name.lower()}(settings=Depends({got})):\n    return settings()")
    program.calls.append(f"handle_{settings.name.lower()}()")
    program.read_by(settings)


def by_cls(program: Program, module: Module) -> None:
    settings = program.settings(module)
    settings.extra_lines += ["", "    @classmethod", "    def load(cls):", "        return cls()"]
    program.write(settings)
    program.calls.append(f"{program.import_into(program.main, module, settings.name)}.load()")
    program.read_by(settings)


def with_keywords(program: Program, module: Module) -> None:
    settings = made(program, module, plain=True)
    values = {"str": '"given"', "int": "5", "SecretStr": '"given"', "bool": "True", "list[str]": '["g"]', "float": "0.5", "str | None": "None"}
    given = {m.name: values[m.kind.annotation] for m in settings.members if m.kind.annotation in values and program.rng.random() < 0.8}
    arguments = ", ".join(f"{name}={value}" for name, value in given.items())
    if program.rng.random() < 0.2 and given:
        arguments = f"**{{{', '.join(f'{name!r}: {value}' for name, value in given.items())}}}"
    call(program, settings, arguments)
    program.read_by(settings, given=tuple(given))


def with_prefix(program: Program, module: Module) -> None:
    settings = made(program, module)
    for prefix in program.rng.sample(["PG_", "EU_", "second_"], program.rng.choice([1, 1, 2])):
        call(program, settings, f"_env_prefix={prefix!r}" if not program.v1 else "")
        program.read_by(settings, prefix=None if program.v1 else prefix)


def guarded(program: Program, module: Module) -> None:
    settings = made(program, module, plain=True)
    error = program.rng.choice(["ValidationError", "ValidationError", "Exception", "ValueError"])
    name = program.import_into(program.main, module, settings.name)
    if error == "ValidationError":
        program.main.need("from pydantic import ValidationError")
    program.main.chunks.append(f"try:\n    {settings.name.lower()} = {name}()\nexcept {error}:\n    {settings.name.lower()} = None")
    program.read_by(settings, needed=False)


def base_only(program: Program, module: Module) -> None:
    base = made(program, module)
    for _ in range(program.rng.choice([1, 2])):
        settings = made(program, program.rng.choice(program.modules[program.modules.index(module):]), base=base, fields=program.rng.choice([0, 1]), plain=True)
        call(program, settings)
        program.read_by(settings)


def also_base(program: Program, module: Module) -> None:
    base = made(program, module)
    settings = made(program, module, base=base, fields=1, plain=True)
    call(program, base)
    call(program, settings)
    program.read_by(base)
    program.read_by(settings)


def item(program: Program, module: Module) -> None:
    """It is only an item, a value, or an optional field of another class."""
    inner = made(program, module, plain=True)
    outer = program.settings(module, plain=True)
    written, default = program.rng.choice([(f"list[{inner.name}]", "[]"), (f"dict[str, {inner.name}]", "{}"), (f"{inner.name} | None", "None"), (f"tuple[{inner.name}, ...]", "()")])
    outer.members.append(Member("inner", Kind(inner.name, [], []), default, False, written=written))
    program.write(outer)
    call(program, outer)
    program.read_by(Settings(outer.name, module, outer.members[:-1], outer.config, outer.prefix))


def by_default_factory(program: Program, module: Module) -> None:
    inner = made(program, module, plain=True)
    outer = program.settings(module, plain=True)
    module.need("from pydantic import Field")
    default = program.rng.choice([f"Field(default_factory={inner.name})", f"Field(default_factory=lambda: {inner.name}())", f"{inner.name}()"])
    outer.members.append(Member("inner", Kind(inner.name, [], []), default, False))
    program.write(outer)
    call(program, outer)
    program.read_by(inner)
    program.read_by(Settings(outer.name, module, outer.members[:-1], outer.config, outer.prefix))


def part(program: Program, module: Module) -> None:
    """It is a required field of another class, which receives an instance of it."""
    inner = made(program, module, plain=True)
    outer = program.settings(module, plain=True)
    outer.members.insert(0, Member("inner", Kind(inner.name, [], []), None, True))
    program.write(outer)
    call(program, outer, f"inner={program.import_into(program.main, module, inner.name)}()")
    program.read_by(inner)
    program.read_by(Settings(outer.name, module, outer.members[1:], outer.config, outer.prefix))


def by_validation(program: Program, module: Module) -> None:
    settings = made(program, module, plain=True, fields=2)
    values = {"str": "given", "int": 5, "SecretStr": "given", "bool": True}
    given = {m.name: values[m.kind.annotation] for m in settings.members if m.kind.annotation in values}
    name = program.import_into(program.main, module, settings.name)
    program.calls.append(f"{name}.{'parse_obj' if program.v1 else 'model_validate'}({given!r})")
    program.read_by(settings, given=tuple(given))


def never(program: Program, module: Module) -> None:
    """It is imported but never instantiated: it exists for another program, like the settings of a library."""
    settings = made(program, module, plain=True)
    program.calls.append(f"print({program.import_into(program.main, module, settings.name)}.__name__)")
    program.files["unmade.txt"] = program.files.get("unmade.txt", "") + f"{module.dotted}:{settings.name}\n"
    program.read_by(settings)


def by_create_model(program: Program, module: Module) -> None:
    settings = program.settings(module, plain=True)
    module.need("from pydantic import create_model", "from pydantic import BaseSettings" if program.v1 else "from pydantic_settings import BaseSettings")
    fields = ", ".join(f"{m.name}=({m.kind.annotation}, {m.default if m.default is not None else '...'})" for m in settings.members if not m.model)
    settings.members = [m for m in settings.members if not m.model]
    settings.prefix = ""
    module.chunks.append(f'{settings.name} = create_model("{settings.name}", __base__=BaseSettings, {fields})')
    call(program, settings)
    program.read_by(settings)


FILES = {"toml": ("TomlConfigSettingsSource", "toml_file"), "json": ("JsonConfigSettingsSource", "json_file"), "yaml": ("YamlConfigSettingsSource", "yaml_file")}
VALUES = {"str": '"from file"', "int": "7", "SecretStr": '"from file"', "bool": "true", "list[str]": '["f"]', "float": "0.5"}


def with_sources(program: Program, module: Module) -> None:
    """A class that chooses its sources: a file, with or without the environment."""
    if program.v1:
        return in_main(program, module)
    rng = program.rng
    settings = program.settings(module, plain=True)
    form = rng.choice([*FILES, "pyproject"])
    given = {m.name: VALUES[m.kind.annotation] for m in settings.members if m.kind.annotation in VALUES and rng.random() < 0.8}
    source = FILES[form][0] if form in FILES else "PyprojectTomlConfigSettingsSource"
    module.need(f"from pydantic_settings import {source}")
    if form == "pyproject":
        header = f"part_{settings.name.lower()}"
        settings.config["pyproject_toml_table_header"] = f"('tool', '{header}')"
        program.files["pyproject.toml"] = program.files.get("pyproject.toml", "") + f"\n[tool.{header}]\n" + "".join(f"{k} = {v}\n" for k, v in given.items())
    else:
        file = f"{settings.name.lower()}.{form}"
        settings.config[FILES[form][1]] = repr(file)
        lines = {"toml": "".join(f"{k} = {v}\n" for k, v in given.items()), "yaml": "".join(f"{k}: {v}\n" for k, v in given.items()), "json": "{" + ", ".join(f'"{k}": {v}' for k, v in given.items()) + "}"}
        program.files[file] = lines[form]
    order = rng.choice([f"init_settings, env_settings, {source}(settings_cls)", f"{source}(settings_cls), env_settings", f"({source}(settings_cls),)", f"env_settings, dotenv_settings, {source}(settings_cls)"])
    settings.extra_lines += ["", "    @classmethod", "    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):", f"        return {order}"]
    settings.reads_environment = "env_settings" in order
    settings.given = set(given)
    program.write(settings)
    call(program, settings)
    program.read_by(settings)


MAKINGS = {
    "main": (in_main, 14), "module": (at_module_level, 8), "function": (by_function, 6), "depends": (by_depends, 2), "cls": (by_cls, 3), "keywords": (with_keywords, 4),
    "prefix": (with_prefix, 4), "guarded": (guarded, 3), "base": (base_only, 4), "also_base": (also_base, 2), "item": (item, 3), "factory": (by_default_factory, 4), "part": (part, 2),
    "validate": (by_validation, 2), "never": (never, 2), "create_model": (by_create_model, 2), "sources": (with_sources, 5),
}
