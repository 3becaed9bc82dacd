"""Random fields of settings classes."""

from __future__ import annotations

from . import values
from .annotations import Annotation, Annotations, default_text
from .module import Module
from .names import WORDS


def field_lines(m: Module, types: Annotations, name: str, documented: bool = False) -> list[str]:
    """One annotated field, as lines of a class body."""
    r = m.rng
    annotation = types.field()
    form = r.random()
    if form < 0.30:
        lines = [f"{name}: {annotation.text}"]
    elif form < 0.55:
        lines = [f"{name}: {annotation.text} = {default_text(m, annotation, types)}"]
    elif form < 0.80:
        lines = [f"{name}: {annotation.text} = {call(m, types, annotation, name)}"]
    else:
        lines = [annotated(m, types, annotation, name)]
    if documented or r.random() < 0.05:
        lines.append(r.choice([f'"""About {name}."""', f'"""About\n    {name}.\n\n    More.\n    """', f"'One ' 'line of {name}'"]))
    return lines


def call(m: Module, types: Annotations, annotation: Annotation, name: str, with_default: bool = True) -> str:
    """A `Field(...)` call."""
    r = m.rng
    arguments = default_arguments(m, types, annotation) if with_default else []
    arguments += keywords(m, types, annotation, name)
    if arguments and "=" not in arguments[0].split("(")[0].split("'")[0]:
        rest = arguments[1:]
        r.shuffle(rest)
        arguments = arguments[:1] + rest
    else:
        r.shuffle(arguments)
    return f"{types.lib('Field')}({', '.join(arguments)})"


def default_arguments(m: Module, types: Annotations, annotation: Annotation) -> list[str]:
    r = m.rng
    form = r.random()
    if form < 0.15:
        return []
    if form < 0.30:
        return ["..."] if r.random() < 0.7 else ["default=..."]
    if form < 0.5:
        return [f"default_factory={factory(m, types, annotation)}"]
    default = default_text(m, annotation, types)
    return [default] if r.random() < 0.6 else [f"default={default}"]


def factory(m: Module, types: Annotations, annotation: Annotation) -> str:
    r = m.rng
    if annotation.kind in ("list", "dict", "set", "tuple", "frozenset") and r.random() < 0.6:
        return annotation.kind
    default = default_text(m, annotation, types)
    if r.random() < 0.6:
        return f"lambda: {default}"
    name = m.project.fresh(f"compute_{values.word(m)}")
    m.define("factory", name, f"def {name}():\n    return {default}")
    return name


def keywords(m: Module, types: Annotations, annotation: Annotation, name: str) -> list[str]:
    r = m.rng
    found = []
    if r.random() < 0.35:
        found.append(f"description={r.choice([repr('About ' + name), repr('Über ' + name), values.known_or_new(m, 'const_str')])}")
    found += names(m, types, name)
    if annotation.kind in ("int", "float") and "|" not in annotation.text and r.random() < 0.3:
        found += r.sample([f"ge={r.choice(['0', '1', '-5'])}", f"lt={values.known_or_new(m, 'const_int') if r.random() < 0.3 else 500}", "multiple_of=2"], r.randint(1, 2))
    if annotation.kind == "str" and annotation.text == "str" and r.random() < 0.3:
        found += r.sample(["min_length=1", "max_length=30", f"{'regex' if types.v1 else 'pattern'}=r'^[a-z]+$'"], r.randint(1, 2))
    if r.random() < 0.05:
        found.append("title='T'")
    if r.random() < 0.04:
        found.append("exclude=True")
    if r.random() < 0.03 and not types.v1:
        found.append(r.choice(["deprecated=True", "deprecated='old'", "frozen=True", "examples=[1]", "json_schema_extra={'a': 1}", "repr=False"]))
    return found


def alias_word(m: Module, name: str) -> str:
    r = m.rng
    return r.choice([f"{r.choice(WORDS)}_{name}".upper(), f"{name}Alias", name.upper(), f"X-{name}", f"{r.choice(WORDS)}_{name}", name])


def names(m: Module, types: Annotations, name: str) -> list[str]:
    """`alias=`, `validation_alias=` and the like."""
    r = m.rng
    form = r.random()
    if form < 0.70:
        return []
    if form < 0.78:
        return [f"alias={alias_word(m, name)!r}"]
    if form < 0.86:
        value = f"{values.known_or_new(m, 'const_str')} + '_NAME'" if r.random() < 0.15 else repr(alias_word(m, name))
        return [f"validation_alias={value}"] + ([f"alias={alias_word(m, name)!r}"] if r.random() < 0.2 else [])
    if form < 0.94:
        return [f"validation_alias={choices(m, types, name)}"]
    if form < 0.97:
        return [f"validation_alias={types.lib('AliasPath')}({alias_word(m, name)!r}, {r.choice(['0', repr('key'), '0, 1'])})"]
    return [f"serialization_alias={alias_word(m, name)!r}"]


def choices(m: Module, types: Annotations, name: str) -> str:
    r = m.rng
    found = [repr(alias_word(m, name)) for _ in range(r.randint(1, 3))]
    if r.random() < 0.25:
        found.append(f"{types.lib('AliasPath')}({r.choice(WORDS)!r}, {r.choice(['0', repr('x')])})")
    if r.random() < 0.1:
        found.append(f"{types.lib('AliasPath')}({r.choice(WORDS)!r})")
    if r.random() < 0.15:
        found.append(values.known_or_new(m, "const_str"))
    r.shuffle(found)
    return f"{types.lib('AliasChoices')}({', '.join(found)})"


def annotated(m: Module, types: Annotations, annotation: Annotation, name: str) -> str:
    """`Annotated[T, Field(...)]`, with or without something on the right."""
    r = m.rng
    if "'" == annotation.text[0]:
        annotation = types.plain()
    parts = [call(m, types, annotation, name, with_default=False)]
    if r.random() < 0.12:
        parts.append(call(m, types, annotation, name, with_default=False))
    if r.random() < 0.15:
        parts.insert(r.randint(0, len(parts)), r.choice([f"{types.lib('BeforeValidator')}(lambda v: v)", "'text'", "123"]))
    form = r.random()
    if form > 0.85:
        parts[0] = f"{types.lib('Field')}(default_factory={factory(m, types, annotation)})"
    text = f"{name}: {m.outside('typing', 'Annotated')}[{annotation.text}, {', '.join(parts)}]"
    if form < 0.3 or form > 0.85:
        return text
    if form < 0.6:
        return f"{text} = {default_text(m, annotation, types)}"
    return f"{text} = {call(m, types, annotation, name)}"


def other_members(m: Module, types: Annotations, fields: list[str]) -> list[list[str]]:
    """Members of the body that are not fields."""
    r, found = m.rng, []
    lib = types.lib
    if r.random() < 0.15:
        found.append([r.choice([f"_cache: dict = {lib('PrivateAttr')}(default_factory=dict)", "_count: int = 0", "_flag = True", f"__secret: str = {lib('PrivateAttr')}('x')"])])
    if r.random() < 0.15:
        found.append([r.choice(["shared: {c}[int] = 3", "registry: {c}[dict[str, int]] = {{}}", "plain_note: {c} = 'x'"]).format(c=m.outside("typing", "ClassVar"))])
    if r.random() < 0.12:
        found.append([f"@{lib('computed_field')}", "@property", f"def computed_{len(fields)}(self) -> str:", "    return 'x'"])
    if r.random() < 0.12:
        found.append(["@property", "def shown(self) -> str:", "    return 'x'"])
    if r.random() < 0.1 and fields:
        found.append([f"@{lib('field_validator')}({r.choice(fields)!r}, mode='before'{r.choice(['', ', check_fields=False'])})", "@classmethod", "def check_it(cls, value):", "    return value"])
    if r.random() < 0.07:
        found.append([f"@{lib('model_validator')}(mode='after')", "def check_all(self):", "    return self"])
    if r.random() < 0.07:
        found.append(["def describe(self, times: int = 1) -> str:", "    label: str = 'x'", "    return label * times"])
    if r.random() < 0.04:
        found.append([f"@{m.outside('functools', 'cached_property')}", "def costly(self) -> int:", "    return 1"])
    return found
