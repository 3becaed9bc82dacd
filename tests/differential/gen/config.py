"""Random configuration of settings classes, in every spelling."""

from __future__ import annotations

from . import values
from .module import Module
from .names import PREFIXES


def items(m: Module) -> dict[str, str]:
    """Keys, and the expressions for their values."""
    r, chosen = m.rng, {}
    if r.random() < 0.7:
        chosen["env_prefix"] = prefix(m)
    if r.random() < 0.12:
        chosen["case_sensitive"] = r.choice(["True", "False", values.known_or_new(m, "const_bool")])
    if r.random() < 0.3:
        chosen["env_nested_delimiter"] = r.choice(["'__'", "'__'", "'_'", "'.'", "'--'"])
        if r.random() < 0.25:
            chosen["env_nested_max_split"] = r.choice(["1", "2"])
    by_name(m, chosen)
    if r.random() < 0.08:
        chosen["alias_generator"] = alias_generator(m)
    if r.random() < 0.1:
        chosen["use_attribute_docstrings"] = "True"
    if not m.project.old and r.random() < 0.1:
        chosen["env_prefix_target"] = r.choice(["'variable'", "'alias'", "'all'"])
    for key, value in {"env_parse_none_str": "'null'", "env_file": r.choice(["'.env'", "('.env', '.env.local')"]), "extra": r.choice(["'ignore'", "'forbid'", "'allow'"]),
                       "frozen": "True", "env_ignore_empty": "True", "validate_default": "False", "env_file_encoding": "'utf-8'"}.items():
        if r.random() < 0.08:
            chosen[key] = value
    keys = list(chosen)
    r.shuffle(keys)
    return {k: chosen[k] for k in keys}


def by_name(m: Module, chosen: dict[str, str]) -> None:
    """Which names are accepted in addition to aliases."""
    r = m.rng
    if r.random() < 0.12:
        chosen["populate_by_name"] = r.choice(["True", "True", "False"])
    if m.project.old:
        return
    if r.random() < 0.1:
        chosen["validate_by_name"] = r.choice(["True", "True", "False"])
    if r.random() < 0.06:
        chosen["validate_by_alias"] = "False"
        chosen["validate_by_name"] = "True"


def prefix(m: Module) -> str:
    r = m.rng
    form = r.random()
    if form < 0.5:
        return repr(r.choice(PREFIXES))
    if form < 0.7:
        return values.known_or_new(m, "const_str")
    if form < 0.85:
        return f"f'{{{values.known_or_new(m, 'const_str')}}}_'"
    return values.pure_text(m)


def alias_generator(m: Module) -> str:
    library = "pydantic.alias_generators"
    form = m.rng.randrange(6)
    if form < 2:
        return m.outside(library, m.rng.choice(["to_camel", "to_pascal", "to_snake"]))
    if form == 2:
        return "lambda name: 'gen_' + name"
    if form == 3:
        name = m.project.fresh("alias_of")
        m.define("alias_generator", name, f"def {name}(field: str) -> str:\n    return f'{{field}}_'.upper()")
        return name
    if form == 4:
        return "str.upper"
    generator = m.outside("pydantic", "AliasGenerator")
    return m.rng.choice([f"{generator}(validation_alias={m.outside(library, 'to_camel')})", f"{generator}(alias=lambda n: n + '_al')"])


def statement(m: Module, chosen: dict[str, str], inherited: list[str]) -> list[str]:
    """`model_config = ...` as lines; inherited are the base classes as written in this module."""
    r = m.rng
    pairs = list(chosen.items())
    keyword = lambda ps: ", ".join(f"{k}={v}" for k, v in ps)  # noqa: E731
    literal = lambda ps: "{" + ", ".join(f"'{k}': {v}" for k, v in ps) + "}"  # noqa: E731
    call = lambda ps: f"{m.outside('pydantic_settings', 'SettingsConfigDict')}({keyword(ps)})"  # noqa: E731
    cut = len(pairs) // 2
    form = r.random()
    if form < 0.5:
        return [f"model_config = {call(pairs)}"]
    if form < 0.6:
        return [f"model_config = {literal(pairs)}"]
    if form < 0.66:
        return [f"model_config = {literal(pairs[:cut])} | {call(pairs[cut:])}"]
    if form < 0.72 and inherited:
        return [f"model_config = {{**{inherited[0]}.model_config, {literal(pairs)[1:]}"]
    if form < 0.76 and inherited:
        return [f"model_config = {inherited[0]}.model_config | {literal(pairs)}"]
    if form < 0.80:
        return [f"model_config = {m.outside('pydantic_settings', 'SettingsConfigDict')}(**{literal(pairs[:cut])}, {keyword(pairs[cut:])})"]
    if form < 0.85:
        return [f"model_config: {m.outside('typing', 'ClassVar')} = {call(pairs)}"]
    if form < 0.89:
        return [f"model_config = {m.outside('pydantic', 'ConfigDict')}({keyword(pairs)})"]
    if form < 0.95:
        return [f"model_config = {values.pure_config(m)}"]
    name = m.project.fresh("BASE_CONFIG")
    m.define("config", name, f"{name} = {call(pairs)}")
    return [f"model_config = {m.rng.choice([name, f'{{**{name}}}', f'dict({name})', f'{name}.copy()'])}"]


def old_class(chosen: dict[str, str]) -> list[str]:
    """`class Config` as lines."""
    return ["class Config:"] + [f"    {k} = {'staticmethod(%s)' % v if k == 'alias_generator' and v.startswith('lambda') else v}" for k, v in chosen.items()]
