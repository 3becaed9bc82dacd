"""Constants, small pure functions, and expressions for defaults."""

from __future__ import annotations

from .module import Entity, Module
from .names import WORDS


def word(m: Module) -> str:
    return m.rng.choice(WORDS)


def pick(m: Module, kind: str, here: float = 0.5) -> Entity | None:
    """An entity of that kind, from this module or an earlier one."""
    own = [e for e in m.entities if e.kind == kind and not e.dropped]
    other = [e for e in m.project.known(kind) if e.module is not m]
    if own and (not other or m.rng.random() < here):
        return m.rng.choice(own)
    return m.rng.choice(other) if other else None


def constant(m: Module, kind: str) -> Entity:
    """A new constant; kind is `const_str`, `const_int`, `const_bool`, `const_tuple` or `const_dict`."""
    name = m.project.fresh(f"{word(m).upper()}_{kind[6:].upper()}")
    expression = {"const_str": text_constant, "const_int": number_constant, "const_bool": flag_constant}.get(kind, collection_constant)(m, kind)
    form = m.rng.random()
    if form < 0.15:
        return m.define(kind, name, f"{name}: {m.outside('typing', 'Final')} = {expression}")
    if form < 0.25 and kind == "const_str":
        return m.define(kind, name, f"{name} = {expression}\n{name} += {word(m)!r}")
    if form < 0.32:
        return m.define(kind, name, f"{name}, {name}_OTHER = {expression}, {word(m)!r}")
    if form < 0.40 and kind == "const_str":
        holder = m.project.fresh(f"{word(m).title()}Names")
        return m.define(kind, f"{holder}.{name}", f"class {holder}:\n    {name} = {expression}\n    OTHER = 1")
    if form < 0.46:
        return m.define(kind, name, f"if {m.outside('typing', 'TYPE_CHECKING')}:\n    {name} = None\nelse:\n    {name} = {expression}")
    if form < 0.50:
        return m.define(kind, name, f"_{name} = {expression}\n{name} = _{name}")
    return m.define(kind, name, f"{name} = {expression}")


def text_constant(m: Module, _kind: str = "") -> str:
    a, b = word(m), word(m)
    known = pick(m, "const_str")
    forms = [repr(a), repr(a), f"{a!r} {b!r}", f"{a!r} + '_' + {b!r}", f"{a!r}.upper()", f"'_'.join(({a!r}, {b!r}))",
             f"{{'a': {a!r}}}['a']", f"({a!r}, {b!r})[1]", f"{a!r} if True else {b!r}", f"'%s.%s' % ({a!r}, {b!r})", f"'{{}}_{{x}}'.format({a!r}, x={b!r})"]
    if known:
        forms += [f"f'{a}_{{{m.use(known)}}}'", f"{m.use(known)} + '.x'", f"{m.use(known)}.lower()", m.use(known)]
    return m.rng.choice(forms)


def number_constant(m: Module, _kind: str = "") -> str:
    known = pick(m, "const_int")
    forms = ["8080", "5_000", "0x10", "60 * 60", "-3", "2 ** 10", "100 // 3", "7 % 4", "1 << 4", "10 - 2 * 3"]
    if known:
        forms += [f"{m.use(known)} * 2", f"{m.use(known)} + 1"]
    return m.rng.choice(forms)


def flag_constant(m: Module, _kind: str = "") -> str:
    known = pick(m, "const_int")
    forms = ["True", "False", "not True", "1 == 1", "True and False"]
    if known:
        forms += [f"{m.use(known)} > 10"]
    return m.rng.choice(forms)


def collection_constant(m: Module, kind: str) -> str:
    if kind == "const_tuple":
        return m.rng.choice([f"({word(m)!r}, {word(m)!r})", f"({word(m)!r},)", f"({word(m)!r},) + ({word(m)!r},)"])
    prefix = m.rng.choice(WORDS).upper() + "_"
    return m.rng.choice([f"{{'env_prefix': {prefix!r}}}", f"dict(env_prefix={prefix!r}, case_sensitive=False)",
                         f"{{'env_prefix': {prefix!r}, 'extra': 'ignore'}}"])


def known_or_new(m: Module, kind: str) -> str:
    """An expression for a constant of that kind."""
    entity = pick(m, kind)
    if entity is None or m.rng.random() < 0.2:
        entity = constant(m, kind)
    return m.use(entity)


PURE_TEXT = [
    "def {n}(*parts):\n    return '_'.join(parts).upper() + '_'",
    "def {n}(*parts: str) -> str:\n    return '_'.join(p.upper() for p in parts) + '_'",
    "def {n}(*parts):\n    out = ''\n    for part in parts:\n        out += part.title() + '_'\n    return out",
    "def {n}(*parts):\n    if len(parts) > 1:\n        return f'{{parts[0]}}__{{parts[1]}}_'\n    return parts[0] + '_'",
    "def {n}(*parts, sep='_'):\n    '''Join.'''\n    text = sep.join([p for p in parts if p])\n    return text if text.endswith(sep) else text + sep",
    "{n} = lambda *parts: '-'.join(parts) + '_'",
    "def {n}(*parts):\n    pieces = []\n    for i, part in enumerate(parts):\n        pieces.append(part if i == 0 else part.capitalize())\n    return ''.join(pieces) + '_'",
    "def {n}(*parts):\n    first, *rest = parts\n    return first.replace('a', 'A') + '_' * (len(rest) + 1)",
]
PURE_CONFIG = [
    "def {n}(name, nested=False):\n    config = {{'env_prefix': f'{{name}}_'.upper()}}\n    if nested:\n        config['env_nested_delimiter'] = '__'\n    return config",
    "def {n}(name, nested=False):\n    return {C}(env_prefix=name.lower() + '_', env_nested_delimiter='__' if nested else None)",
    "def {n}(name, nested=False):\n    config: dict = dict(extra='ignore')\n    config.update(env_prefix=name + '.', case_sensitive=not nested)\n    return {C}(**config)",
    "def {n}(name, nested=False):\n    keys = ('env_prefix', 'env_file')\n    values = (f'{{name}}_', '.env')\n    return {{k: v for k, v in zip(keys, values)}}",
    "def {n}(name, **more):\n    more.pop('nested', None)\n    return {C}(env_prefix='_'.join(('x', name, '')), **more)",
    "def {n}(name, nested=False):\n    base = {{'env_prefix': name}}\n    return base | {{'env_nested_delimiter': '_', 'env_nested_max_split': 1}} if nested else base",
]


def pure_text(m: Module) -> str:
    """A call of a function in the project that returns a string."""
    entity = pick(m, "pure_text")
    if entity is None or m.rng.random() < 0.3:
        name = m.project.fresh(f"make_{word(m)}")
        entity = m.define("pure_text", name, m.rng.choice(PURE_TEXT).format(n=name))
    arguments = [repr(word(m)) for _ in range(m.rng.randint(1, 3))]
    if m.rng.random() < 0.25:
        return f"{m.use(entity)}(*{known_or_new(m, 'const_tuple')})"
    if m.rng.random() < 0.3:
        arguments[0] = known_or_new(m, "const_str")
    return f"{m.use(entity)}({', '.join(arguments)})"


def pure_config(m: Module) -> str:
    """A call of a function in the project that returns a configuration."""
    entity = pick(m, "pure_config")
    if entity is None or m.rng.random() < 0.3:
        name = m.project.fresh(f"build_{word(m)}_config")
        text = m.rng.choice(PURE_CONFIG).format(n=name, C=m.outside("pydantic_settings", "SettingsConfigDict"))
        entity = m.define("pure_config", name, text)
    name = known_or_new(m, "const_str") if m.rng.random() < 0.3 else repr(word(m))
    nested = m.rng.choice(["", "", ", nested=True"])
    return f"{m.use(entity)}({name}{nested})"
