"""Random settings classes of pydantic 1, as included in pydantic 2 (`pydantic.v1`)."""

from __future__ import annotations

from . import values
from .annotations import Annotation, Annotations, default_text
from .module import Entity, Module
from .names import ENDINGS, PREFIXES, TOPICS, WORDS
from .settings import render_class, unique

LIBRARY = "pydantic.v1"


def legacy_class(m: Module, types: Annotations) -> None:
    """Appends one settings class in the style of pydantic 1."""
    r = m.rng
    name = m.project.fresh(r.choice(TOPICS) + r.choice(ENDINGS) + "V1")
    parents = unique([values.pick(m, "settings_v1") for _ in range(r.choice([1, 1, 2]))]) if r.random() < 0.35 else []
    parents.sort(key=lambda e: -e.info["depth"])
    inherited = {f for p in parents for f in p.info["fields"]}
    fields = m.project.field_names(r.randint(0 if inherited else 1, 5), inherited)
    fields += r.sample(sorted(inherited), min(len(inherited), r.choice([0, 0, 1])))
    members = [field(m, types, f) for f in fields] + others(m, types, fields)
    if r.random() < 0.7:
        members.insert(r.choice([0, len(members)]), configuration(m, parents, fields or sorted(inherited)))
    heads = [m.use(e) for e in parents] or [m.outside(LIBRARY, "BaseSettings")]
    if r.random() < 0.08 and not any(member[0].startswith("class Config") for member in members):
        heads.append(f"env_prefix={r.choice(PREFIXES)!r}")
    depth = 1 + max((e.info["depth"] for e in parents), default=0)
    m.define("settings_v1", name, render_class(m, name, heads, members), fields=sorted(inherited | set(fields)), depth=depth)


def field(m: Module, types: Annotations, name: str) -> list[str]:
    r = m.rng
    annotation = types.field()
    form = r.random()
    if form < 0.3:
        return [f"{name}: {annotation.text}"]
    if form < 0.5:
        return [f"{name}: {annotation.text} = {default_text(m, annotation, types)}"]
    if form < 0.56:
        return [f"{name} = {r.choice(['1', repr('x'), 'True', '0.5'])}"]
    if form < 0.62 and annotation.text[0] != "'":
        return [f"{name}: {m.outside('typing', 'Annotated')}[{annotation.text}, {types.lib('Field')}({', '.join(keywords(m, types, annotation, name))})]"]
    return [f"{name}: {annotation.text} = {types.lib('Field')}({', '.join(defaults(m, types, annotation) + keywords(m, types, annotation, name))})"]


def defaults(m: Module, types: Annotations, annotation: Annotation) -> list[str]:
    form = m.rng.random()
    if form < 0.2:
        return ["..."]
    if form < 0.3:
        return []
    if form < 0.45:
        kind = annotation.kind
        return [f"default_factory={kind if kind in ('list', 'dict', 'set') else 'lambda: ' + default_text(m, annotation, types)}"]
    return [m.rng.choice(["", "default="]) + default_text(m, annotation, types)]


def keywords(m: Module, types: Annotations, annotation: Annotation, name: str) -> list[str]:
    r, found = m.rng, []
    if r.random() < 0.4:
        one, two = f"{r.choice(WORDS)}_{name}".upper(), f"{name}Env"
        found.append("env=" + r.choice([repr(one), repr(one), repr(two), f"[{one!r}, {two!r}]", f"({one!r}, {two!r})", values.known_or_new(m, "const_str")]))
    if r.random() < 0.1:
        found.append(f"alias={name + 'Alias'!r}")
    if r.random() < 0.25:
        found.append(f"description={'About ' + name!r}")
    if annotation.text == "int" and r.random() < 0.3:
        found += r.sample(["gt=0", "le=100"], 1)
    if annotation.text == "str" and r.random() < 0.3:
        found += r.sample(["min_length=1", "max_length=9", "regex='^a'"], 1)
    return found


def configuration(m: Module, parents: list[Entity], fields: list[str]) -> list[str]:
    r = m.rng
    lines = []
    if r.random() < 0.7:
        value = r.choice([repr(r.choice(PREFIXES)), repr(r.choice(PREFIXES)), values.known_or_new(m, "const_str"), f"f'{{{values.known_or_new(m, 'const_str')}}}_'"])
        lines.append(f"env_prefix = {value}")
    if r.random() < 0.15:
        lines.append(f"case_sensitive = {r.choice(['True', 'False'])}")
    if r.random() < 0.2:
        lines.append(f"env_nested_delimiter = {r.choice(['__', '.'])!r}")
    if r.random() < 0.2 and fields:
        chosen = r.choice(fields)
        value = r.choice([f"{{'env': {chosen.upper() + '_CFG'!r}}}", f"{{'env': ['A_{chosen}', 'b_{chosen}']}}", repr(chosen + "_alias")])
        lines.append(f"fields = {{{chosen!r}: {value}}}")
    for line in ("env_file = '.env'", "extra = 'ignore'", "allow_mutation = False"):
        if r.random() < 0.1:
            lines.append(line)
    base = f"({m.use(parents[0])}.Config)" if parents and r.random() < 0.3 else r.choice(["", "", f"({m.outside(LIBRARY, 'BaseSettings')}.Config)"])
    return [f"class Config{base}:"] + ["    " + line for line in lines or ["pass"]]


def others(m: Module, types: Annotations, fields: list[str]) -> list[list[str]]:
    r, found = m.rng, []
    if r.random() < 0.1:
        found.append([f"_hidden: int = {types.lib('PrivateAttr')}(0)"])
    if r.random() < 0.1:
        found.append([f"shared: {m.outside('typing', 'ClassVar')}[int] = 3"])
    if r.random() < 0.1 and fields:
        found.append([f"@{types.lib('validator')}({r.choice(fields)!r}, pre=True, allow_reuse=True)", "def check_it(cls, value):", "    return value"])
    if r.random() < 0.1:
        found.append([f"@{types.lib('root_validator')}(pre=True, allow_reuse=True)", "def check_all(cls, values):", "    return values"])
    if r.random() < 0.1:
        found.append(["@property", "def shown(self) -> str:", "    return 'x'"])
    return found
