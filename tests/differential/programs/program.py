"""A whole program: settings classes in modules, the code that instantiates them, and other files."""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass, field

from .fields import Kind, as_data, scalar

WORDS = ["host", "port", "token", "name", "level", "url", "key", "size", "mode", "tags", "account", "route", "limit", "rate", "zone", "flag", "max_size", "api_key", "log_level", "retry_count"]
TITLES = ["App", "Db", "Cache", "Mail", "Queue", "Auth", "Search", "Store", "Bill", "Job", "Web", "Log"]
#: `TAKK_WAYS=main,cls`: programs with only these makings.
ONLY = [way for way in os.environ.get("TAKK_WAYS", "").split(",") if way]
ENUM = 'class Level(str, Enum):\n    LOW = "low"\n    HIGH = "high"'


@dataclass
class Variable:
    """A variable that may be set."""

    name: str
    good: list[str]
    bad: list[str]
    needed: bool


@dataclass
class Member:
    """A field of a class."""

    name: str
    kind: Kind
    default: str | None
    #: Whether pydantic requires a value for it.
    needed: bool
    model: "Model | None" = None
    #: How the field contains the model: "one", "list", "dict".
    held: str = "one"
    alias: str | None = None
    written: str | None = None

    def line(self) -> str:
        annotation = self.written or self.kind.annotation
        return f"    {self.name}: {annotation}" + (f" = {self.default}" if self.default is not None else "")


@dataclass
class Model:
    """A nested model."""

    name: str
    members: list[Member]
    lines: list[str]

    def data(self, rng: random.Random) -> dict:
        return {m.alias or m.name: m.model.data(rng) if m.model else as_data(rng.choice(m.kind.good)) for m in self.members if (m.needed or rng.random() < 0.3) and (m.model or m.kind.good)}


@dataclass
class Settings:
    """A settings class."""

    name: str
    module: "Module"
    members: list[Member]
    config: dict[str, str]
    prefix: str = ""
    delimiter: str | None = None
    sensitive: bool = False
    reads_environment: bool = True
    given: set[str] = field(default_factory=set)
    base: "Settings | None" = None
    extra_lines: list[str] = field(default_factory=list)

    def all_members(self) -> list[Member]:
        own = {m.name for m in self.members}
        return [m for m in (self.base.all_members() if self.base else []) if m.name not in own] + self.members


class Module:
    """One file."""

    def __init__(self, dotted: str):
        self.dotted = dotted
        self.imports: dict[str, None] = {}
        self.chunks: list[str] = []

    @property
    def file(self) -> str:
        return self.dotted.replace(".", "/") + ".py"

    def need(self, *lines: str) -> None:
        for line in lines:
            if line == "enum":
                self.imports["from enum import Enum"] = None
                if ENUM not in self.chunks:
                    self.chunks.insert(0, ENUM)
            elif line:
                self.imports[line] = None

    def text(self) -> str:
        return "\n".join(self.imports) + "\n\n\n" + "\n\n\n".join(self.chunks) + "\n"


class Program:
    """A program under construction."""

    def __init__(self, seed: int, versions: dict[str, str]):
        self.rng = rng = random.Random(seed)
        self.versions = versions
        self.v1 = versions["pydantic"].startswith("1.")
        self.newest = not self.v1 and tuple(map(int, versions.get("pydantic-settings", "0.0").split(".")[:2])) >= (2, 10)
        self.files: dict[str, str] = {}
        self.variables: list[Variable] = []
        self.titles = rng.sample(TITLES, len(TITLES))
        names = rng.choice([["settings"], ["settings"], ["conf.db", "conf.app"], ["core.config"], ["settings", "parts"]])
        self.modules = [Module(name) for name in names]
        self.main = Module("main")
        self.calls: list[str] = []
        from .makings import MAKINGS

        ways = [way for way in MAKINGS if not ONLY or way in ONLY]
        weights = [MAKINGS[way][1] for way in ways]
        self.ways = []
        for _ in range(rng.choice([1, 1, 2, 2, 3])):
            way = rng.choices(ways, weights)[0]
            self.ways.append(way)
            MAKINGS[way][0](self, rng.choice(self.modules))
        self.finish()

    # parts

    def title(self) -> str:
        return self.titles.pop()

    def member(self, name: str, module: Module, simple: bool = False) -> Member:
        """A field of a plain type."""
        rng = self.rng
        kind = scalar(rng, self.v1)
        module.need(*kind.imports)
        default, needed = None, True
        luck = rng.random()
        if luck < 0.4 and kind.defaults:
            default, needed = rng.choice(kind.defaults), False
        elif luck < 0.48 and kind.refused and not simple:
            default = rng.choice(kind.refused)
        elif not kind.good:
            default, needed = kind.defaults[0], False
        member = Member(name, kind, default, needed)
        annotated = self.v1 and kind.annotation.startswith("Annotated")
        if default is not None and not annotated and rng.random() < 0.15:
            module.need("from pydantic import Field")
            member.default = f"Field({default})" if rng.random() < 0.5 else f"Field(default={default})"
        if kind.annotation.startswith("list") and default == "[]" and rng.random() < 0.5:
            module.need("from pydantic import Field")
            member.default = "Field(default_factory=list)"
        return member

    def model(self, module: Module, depth: int = 0) -> Model:
        """A nested model, written into the module."""
        rng = self.rng
        name = f"{self.title()}Part" if self.titles else f"Part{rng.randrange(1000)}"
        members = [self.member(word, module, simple=True) for word in rng.sample(WORDS, rng.randrange(1, 4))]
        if depth == 0 and rng.random() < 0.25:
            inner = self.model(module, 1)
            members.append(self.nested_member(f"in_{inner.name.lower()}"[:9], inner, module))
        members.sort(key=lambda m: m.default is not None)
        lines = [m.line() for m in members]
        luck = rng.random()
        if luck < 0.12 and not self.v1:
            module.need("from dataclasses import dataclass")
            if all(m.default is None or not m.default.startswith(("[", "{", "set", "Field")) for m in members):
                module.chunks.append(f"@dataclass\nclass {name}:\n" + "\n".join(lines))
                return Model(name, members, lines)
        config = rng.choice(["forbid", "allow", "ignore"]) if luck > 0.85 else None
        module.need("from pydantic import BaseModel")
        if config and self.v1:
            lines = [*lines, "", "    class Config:", f"        extra = {config!r}"]
        elif config:
            module.need("from pydantic import ConfigDict")
            lines = [f"    model_config = ConfigDict(extra={config!r})", *lines]
        module.chunks.append(f"class {name}(BaseModel):\n" + "\n".join(lines))
        return Model(name, members, lines)

    def nested_member(self, name: str, model: Model, module: Module) -> Member:
        rng = self.rng
        complete = not any(m.needed or m.default is None for m in model.members)
        luck = rng.random()
        kind = Kind(model.name, [], [])
        if luck < 0.5:
            return Member(name, kind, None, True, model)
        if luck < 0.62 and complete:
            return Member(name, kind, f"{model.name}()", False, model)
        if luck < 0.74 and complete:
            module.need("from pydantic import Field")
            return Member(name, kind, f"Field(default_factory={model.name})", False, model)
        if luck < 0.84:
            return Member(name, kind, "None", False, model, written=f"{model.name} | None")
        if luck < 0.92:
            return Member(name, kind, "[]", False, model, held="list", written=f"list[{model.name}]")
        return Member(name, kind, "{}", False, model, held="dict", written=f"dict[str, {model.name}]")

    def settings(self, module: Module, base: Settings | None = None, fields: int | None = None, plain: bool = False) -> Settings:
        """A settings class that is not yet written."""
        rng = self.rng
        title = self.title() if self.titles else f"More{rng.randrange(10000)}"
        name = title + rng.choice(["Settings", "Config", ""])
        taken = {m.name for m in base.all_members()} if base else set()
        words = [word for word in rng.sample(WORDS, len(WORDS)) if word not in taken][: fields if fields is not None else rng.randrange(1, 5)]
        config: dict[str, str] = {}
        made = Settings(name, module, [], config, base=base)
        made.prefix = base.prefix if base else ""
        made.delimiter = base.delimiter if base else None
        made.sensitive = base.sensitive if base else False
        # Two classes with variables of the same name belong in another test.
        if base or rng.random() < 0.8:
            made.prefix = f"{title.upper()}_" if rng.random() < 0.8 else f"{title.lower()}_"
            config["env_prefix"] = repr(made.prefix)
        if not plain and rng.random() < 0.4:
            self.nested_config(made)
        if not plain:
            self.other_config(made)
        made.members = [self.member(word, module) for word in words]
        if made.delimiter and rng.random() < 0.9 or (not plain and rng.random() < 0.1):
            model = self.model(module)
            made.members.append(self.nested_member(rng.choice(["db", "pool", "log", "net_opts"]), model, module))
        if not plain:
            self.aliases(made)
            self.validators(made)
        return made

    def nested_config(self, made: Settings) -> None:
        rng = self.rng
        made.delimiter = rng.choice(["__", "__", "__", "_", "."])
        made.config["env_nested_delimiter"] = repr(made.delimiter)
        if self.newest and rng.random() < 0.2 or (self.newest and made.delimiter == "_"):
            made.config["env_nested_max_split"] = str(rng.choice([1, 1, 2]))
        if not self.v1 and rng.random() < 0.2:
            made.config["nested_model_default_partial_update"] = "True"

    def other_config(self, made: Settings) -> None:
        rng, config = self.rng, made.config
        choices = {"extra": ["'ignore'", "'allow'", "'forbid'"], "case_sensitive": ["True"], "env_file": ["'.env'"]}
        if self.v1:
            choices |= {"validate_all": ["False"], "anystr_strip_whitespace": ["True"], "min_anystr_length": ["1"]}
        else:
            choices |= {
                "env_ignore_empty": ["True"], "validate_default": ["False"], "str_strip_whitespace": ["True"], "str_min_length": ["1"], "strict": ["True"],
                "str_to_lower": ["True"], "coerce_numbers_to_str": ["True"], "use_enum_values": ["True"], "env_parse_none_str": ["'null'"], "env_parse_enums": ["True"],
                "allow_inf_nan": ["False"], "populate_by_name": ["True"],
            }
        if self.newest:
            choices["enable_decoding"] = ["False"]
        for key in rng.sample(sorted(choices), rng.choice([0, 0, 0, 1, 1, 2])):
            config[key] = rng.choice(choices[key])
        made.sensitive = made.sensitive or config.get("case_sensitive") == "True"

    def aliases(self, made: Settings) -> None:
        rng = self.rng
        for member in made.members:
            annotated = self.v1 and member.kind.annotation.startswith("Annotated")
            if rng.random() > 0.12 or annotated or member.default and member.default.startswith("Field("):
                continue
            made.module.need("from pydantic import Field")
            first = f"{made.name.upper()}_{member.name.upper()}_X"
            given = f"{member.default}, " if member.default is not None else ""
            luck = rng.random()
            if self.v1:
                member.default = f"Field({given or '..., '}env={first!r})"
            elif luck < 0.3:
                member.default = f"Field({given}alias={first!r})"
            elif luck < 0.65:
                member.default = f"Field({given}validation_alias={first!r})"
            elif luck < 0.75 and not member.model and member.kind.good:
                made.module.need("from pydantic import AliasPath")
                member.default = f"Field({given}validation_alias=AliasPath({first!r}, 'inner'))"
                good = [json.dumps({"inner": as_data(text)}) for text in member.kind.good]
                member.kind = Kind(member.kind.annotation, good, ["x", "{}", "[]", *(json.dumps({"inner": text}) for text in member.kind.bad)])
            else:
                made.module.need("from pydantic import AliasChoices")
                member.default = f"Field({given}validation_alias=AliasChoices({first!r}, {first + '2'!r}))"
            member.alias = first

    def validators(self, made: Settings) -> None:
        """A validator that returns its input, or splits it at commas."""
        rng = self.rng
        lists = [m for m in made.members if m.kind.annotation == "list[str]"]
        if self.v1 or not lists or rng.random() > 0.4:
            return
        member = lists[0]
        made.module.need("from pydantic import field_validator", "from typing import Any")
        made.extra_lines += ["", f'    @field_validator("{member.name}", mode="before")', "    @classmethod", "    def _split(cls, value: Any) -> Any:", '        return value.split(",") if isinstance(value, str) else value']
        if self.newest and rng.random() < 0.5:
            made.module.need("from pydantic_settings import NoDecode", "from typing import Annotated")
            member.written = "Annotated[list[str], NoDecode]"

    # text

    def write(self, made: Settings) -> None:
        """Writes the class into its module."""
        module = made.module
        module.need("from pydantic import BaseSettings" if self.v1 else "from pydantic_settings import BaseSettings")
        parent = made.base.name if made.base else "BaseSettings"
        if made.base:
            self.import_into(module, made.base.module, made.base.name)
        lines = [member.line() for member in made.members]
        if made.config and self.v1:
            lines = [*lines, "", "    class Config:", *[f"        {key} = {value}" for key, value in made.config.items()]]
        elif made.config:
            module.need("from pydantic_settings import SettingsConfigDict")
            lines = [f"    model_config = SettingsConfigDict({', '.join(f'{k}={v}' for k, v in made.config.items())})", *lines]
        module.chunks.append(f"class {made.name}({parent}):\n" + ("\n".join(lines + made.extra_lines) or "    pass"))

    def import_into(self, module: Module, other: Module, name: str) -> str:
        """An expression for a name in another module."""
        if module is other:
            return name
        luck = self.rng.random() if module is self.main else 0
        if luck < 0.7:
            module.need(f"from {other.dotted} import {name}")
            return name
        if luck < 0.85:
            module.need(f"import {other.dotted}")
            return f"{other.dotted}.{name}"
        module.need(f"import {other.dotted} as the_{other.dotted.replace('.', '_')}")
        return f"the_{other.dotted.replace('.', '_')}.{name}"

    def finish(self) -> None:
        rng = self.rng
        body = self.calls or ["pass"]
        style = rng.choice(["top", "main", "guard"])
        if style == "top":
            self.main.chunks.append("\n".join(body))
        else:
            indented = "\n".join("    " + line for call in body for line in call.split("\n"))
            self.main.chunks.append(f"def main():\n{indented}" if style == "main" else f'if __name__ == "__main__":\n{indented}')
            if style == "main":
                self.main.chunks.append('if __name__ == "__main__":\n    main()')
        for module in [*self.modules, self.main]:
            if module.chunks:
                self.files[module.file] = module.text()
            if "." in module.dotted:
                self.files[module.dotted.split(".")[0] + "/__init__.py"] = ""
        pins = [f"{name}=={version}" for name, version in self.versions.items()]
        pyproject = self.files.get("pyproject.toml", "")
        self.files["pyproject.toml"] = f'[project]\nname = "program"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = {json.dumps(pins)}\n' + pyproject

    # variables

    def read_by(self, made: Settings, prefix: str | None = None, given: tuple[str, ...] = (), needed: bool = True) -> None:
        """Records the variables that a making reads."""
        prefix = made.prefix if prefix is None else prefix
        for member in made.all_members():
            if not made.reads_environment:
                continue
            name = member.alias or prefix + member.name
            name = name if made.sensitive else name.upper()
            wants = needed and member.needed and member.name not in given and member.name not in made.given
            if member.model:
                self.below(made, name, member, wants)
            else:
                self.variables.append(Variable(name, member.kind.good, member.kind.bad, wants))

    def below(self, made: Settings, name: str, member: Member, wants: bool) -> None:
        rng, model = self.rng, member.model
        whole = [model.data(rng) for _ in range(2)]
        if member.held != "one":
            whole = [[data] for data in whole] if member.held == "list" else [{"k": data} for data in whole]
        by_leaves = made.delimiter and member.held == "one" and rng.random() < 0.7
        self.variables.append(Variable(name, [json.dumps(data) for data in whole], ["x", "[]", "{}", '{"zzz": 1}'], wants and not by_leaves))
        if not made.delimiter:
            return
        start = f"{name}{made.delimiter}" + (f"k{made.delimiter}" if member.held == "dict" else "0" + made.delimiter if member.held == "list" else "")
        start = start if made.sensitive else start.upper()
        for leaf in model.members:
            deeper = start + (leaf.name if made.sensitive else leaf.name.upper())
            if leaf.model:
                data = [json.dumps(leaf.model.data(rng))] if leaf.held == "one" else ["[]" if leaf.held == "list" else "{}"]
                self.variables.append(Variable(deeper, data, ["x", "[1]"], bool(wants and by_leaves and leaf.needed)))
                if leaf.held == "one":
                    for last in leaf.model.members:
                        tail = made.delimiter + (last.name if made.sensitive else last.name.upper())
                        self.variables.append(Variable(deeper + tail, last.kind.good, last.kind.bad, False))
            else:
                self.variables.append(Variable(deeper, leaf.kind.good, leaf.kind.bad, bool(wants and by_leaves and leaf.needed)))
