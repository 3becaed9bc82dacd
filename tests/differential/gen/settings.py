"""Random settings classes for pydantic-settings."""

from __future__ import annotations

from . import config, values
from .annotations import Annotations
from .fields import field_lines, other_members
from .module import Entity, Module
from .names import ENDINGS, TOPICS


def base_settings(m: Module) -> str:
    """pydantic-settings' own class, as this module refers to it."""
    entity = values.pick(m, "own_base")
    if entity and m.rng.random() < 0.2:
        return m.use(entity)
    return m.outside("pydantic_settings", "BaseSettings")


def class_name(m: Module) -> str:
    if m.rng.random() < 0.08 and m.claim("Settings"):
        return "Settings"
    return m.project.fresh(m.rng.choice(TOPICS) + m.rng.choice(ENDINGS))


def settings_class(m: Module, types: Annotations) -> None:
    """Appends one settings class."""
    r = m.rng
    name = class_name(m)
    bases, parents = choose_bases(m, types)
    inherited = {f for p in parents for f in p.info.get("fields", [])}
    chosen = config.items(m)
    body, keywords = body_and_keywords(m, types, chosen, [b for b, p in zip(bases, parents) if p.kind == "settings"])
    documented = chosen.get("use_attribute_docstrings") == "True"
    fields = m.project.field_names(r.randint(0 if inherited else 1, 6), inherited)
    fields += r.sample(sorted(inherited), min(len(inherited), r.choice([0, 0, 1, 2])))
    members = [field_lines(m, types, f, documented) for f in fields] + other_members(m, types, fields)
    members += removals(m, inherited - set(fields))
    body += shuffled_fields(r, members)
    if r.random() < 0.06:
        body.append(nested_class(m, types, name))
    text = render_class(m, name, bases + keywords, body)
    place(m, name, text, fields=sorted(inherited | set(fields)), parents=parents)


def shuffled_fields(r, members: list[list[str]]) -> list[list[str]]:
    if r.random() < 0.3:
        r.shuffle(members)
    return members


def removals(m: Module, inherited: set[str]) -> list[list[str]]:
    """Turns an inherited field into a class variable."""
    if not inherited or m.rng.random() > 0.08:
        return []
    return [[f"{m.rng.choice(sorted(inherited))}: {m.outside('typing', 'ClassVar')}[str] = 'gone'"]]


def choose_bases(m: Module, types: Annotations) -> tuple[list[str], list[Entity]]:
    """Base classes as written, and their entities in the same order (pydantic's own last)."""
    r = m.rng
    form = r.random()
    parents = []
    if form < 0.35:
        parents = unique([values.pick(m, "settings") for _ in range(r.choice([1, 1, 1, 2, 2, 3]))])
        parents.sort(key=lambda e: -e.info["depth"])
    generic = values.pick(m, "generic")
    if not parents and generic and form < 0.42:
        arguments = ", ".join(types.plain().text if r.random() < 0.6 else types.secret().text for _ in range(generic.info["parameters"]))
        return [f"{m.use(generic)}[{arguments}]"], [generic]
    mixin = values.pick(m, "mixin")
    mixins = [mixin] if mixin and r.random() < 0.15 and not any(mixin.name in p.info["mixed"] for p in parents) else []
    texts = [m.use(e) for e in parents] or [base_settings(m)]
    if r.random() < 0.7:
        return [m.use(e) for e in mixins] + texts, mixins + (parents or [Entity("pydantic", "", m)])
    return texts + [m.use(e) for e in mixins], (parents or [Entity("pydantic", "", m)]) + mixins


def unique(entities: list[Entity | None]) -> list[Entity]:
    found = []
    for entity in entities:
        if entity is not None and entity not in found:
            found.append(entity)
    return found


def body_and_keywords(m: Module, types: Annotations, chosen: dict[str, str], inherited: list[str]) -> tuple[list[list[str]], list[str]]:
    """The configuration: in the body, as class keywords, or both."""
    r = m.rng
    form = r.random()
    if not chosen or form < 0.15:
        return [], []
    if form < 0.75:
        return [config.statement(m, chosen, inherited)], []
    if form < 0.88:
        return [], as_keywords(m, chosen)
    if form < 0.95:
        return [config.old_class(chosen)], []
    cut = max(1, len(chosen) // 2)
    first, second = dict(list(chosen.items())[:cut]), dict(list(chosen.items())[cut:])
    return [config.statement(m, first, inherited)], as_keywords(m, second)


def as_keywords(m: Module, chosen: dict[str, str]) -> list[str]:
    """Class keywords; older versions only accept the keys that they know."""
    return [f"{k}={v}" for k, v in chosen.items() if not m.project.old or k not in ("validate_by_name", "validate_by_alias", "env_prefix_target", "env_nested_max_split")]


def nested_class(m: Module, types: Annotations, outer: str) -> list[str]:
    """A settings class inside a class."""
    lines = [f"class Inner({m.outside('pydantic_settings', 'BaseSettings')}):"]
    lines += [f"    model_config = {m.outside('pydantic_settings', 'SettingsConfigDict')}(env_prefix='{outer.upper()}_INNER_')"]
    for field in m.project.field_names(2, set()):
        lines += ["    " + line for line in field_lines(m, types, field)]
    return lines


def render_class(m: Module, name: str, heads: list[str], members: list[list[str]]) -> str:
    lines = [f"class {name}({', '.join(heads)}):"]
    if m.rng.random() < 0.2:
        lines += ['    """A docstring.', "", '    host: not a field.', '    """']
    for member in members:
        lines += ["    " + line if line else "" for line in "\n".join(member).split("\n")]
    return "\n".join(lines + (["    pass"] if len(lines) == 1 else []))


def place(m: Module, name: str, text: str, **info) -> None:
    """Puts the class at the top level, or into an `if`, a `try` or a function."""
    form = m.rng.random()
    parents = info.pop("parents")
    info["depth"] = 1 + max((p.info.get("depth", 0) for p in parents), default=0)
    info["mixed"] = {p.name for p in parents if p.kind == "mixin"}.union(*(p.info.get("mixed", ()) for p in parents))
    indented = "\n".join("    " + line if line else "" for line in text.split("\n"))
    if form < 0.90:
        m.define("settings", name, text, **info)
    elif form < 0.93:
        m.define("settings", name, f"if {m.outside('sys', 'version_info')} >= (3, 8):\n{indented}\nelse:\n    {name} = None", **info)
    elif form < 0.96:
        m.define("settings", name, f"try:\n    import not_installed_{name.lower()}\nexcept ImportError:\n{indented}", **info)
    elif form < 0.98:
        m.define("settings", name, f"if {m.outside('typing', 'TYPE_CHECKING')}:\n    class {name}: ...\nelse:\n{indented}", **info)
    else:
        function = m.project.fresh("make_settings")
        m.add(f"def {function}():\n{indented}\n    return {name}\n\n\nMADE_{name.upper()} = {function}()")


def own_base(m: Module) -> None:
    """A project's own `BaseSettings`."""
    name = m.rng.choice(["BaseSettings", "ProjectBase"])
    name = m.project.fresh(name)
    library = m.outside("pydantic_settings", "BaseSettings")
    if library == name:
        library = "_Pydantic"
        m.imports["from pydantic_settings import BaseSettings as _Pydantic"] = None
    lines = [f"class {name}({library}):"] + ["    " + line for line in config.statement(m, config.items(m), [])]
    m.define("own_base", name, "\n".join(lines), fields=[])


def mixin(m: Module, types: Annotations) -> None:
    """A class to mix in: a model or a plain class."""
    name = m.project.fresh(values.word(m).title() + "Mixin")
    fields = m.project.field_names(m.rng.randint(1, 3), set())
    if m.rng.random() < 0.6:
        members = [field_lines(m, types, f) for f in fields]
        if m.rng.random() < 0.2:
            members.insert(0, [f"model_config = {m.outside('pydantic', 'ConfigDict')}(populate_by_name=True)"])
        m.define("mixin", name, render_class(m, name, [types.lib("BaseModel")], members), fields=fields)
        return
    members = [[f"{f}: {types.plain().text}" + m.rng.choice(["", " = 1"])] for f in fields] + [["def help_out(self):", "    return 1"]]
    m.define("mixin", name, render_class(m, name, ["object"], members), fields=[])


def generic_base(m: Module, types: Annotations) -> None:
    """`class Base(BaseSettings, Generic[T])`."""
    name = m.project.fresh("Generic" + m.rng.choice(TOPICS))
    typing = lambda what: m.outside("typing", what)  # noqa: E731
    count = m.rng.choice([1, 1, 2])
    variables = [m.project.fresh("T") for _ in range(count)]
    head = "\n".join(f"{v} = {typing('TypeVar')}({v!r})" for v in variables)
    forms = ["{v}", "list[{v}]", f"{typing('Optional')}[{{v}}]", "dict[str, {v}]"]
    fields = m.project.field_names(3, set())
    members = [[f"{f}: {m.rng.choice(forms).format(v=m.rng.choice(variables))}"] for f in fields[:2]] + [field_lines(m, types, f) for f in fields[2:]]
    heads = [m.outside("pydantic_settings", "BaseSettings"), f"{typing('Generic')}[{', '.join(variables)}]"]
    body = [config.statement(m, config.items(m), [])] + members
    m.define("generic", name, head + "\n\n\n" + render_class(m, name, heads, body), fields=fields, parameters=count)


def look_alike(m: Module, types: Annotations) -> None:
    """A class that looks like settings but is not."""
    name = m.project.fresh(m.rng.choice(TOPICS) + "Settings")
    form = m.rng.randrange(3)
    if form == 0:
        m.define("look_alike", name, f"class {name}({types.lib('BaseModel')}):\n    model_config = {{'env_prefix': 'NO_'}}\n    host: str = 'x'")
    elif form == 1:
        m.define("look_alike", name, f"@{m.outside('dataclasses', 'dataclass')}\nclass {name}:\n    host: str = 'x'")
    else:
        fake = m.project.fresh("BaseSettings")
        m.define("look_alike", fake, f"class {fake}:\n    env_prefix = 'NO_'\n\n\nclass {name}({fake}):\n    host: str = 'x'")
