"""Writes a project of random settings classes with nested fields, and the result of pydantic for random environments of each class.

    nested_values.py SEED CLASSES ENVIRONMENTS DIRECTORY

The project is `DIRECTORY/settings.py`. `DIRECTORY/probes.jsonl` has one line for each environment: the class, the environment, whether the
class can be instantiated, the locations of the errors, and which variables it reads: those whose value affects the result. (Below a model
without such a field, a variable only causes a value for the model to exist: its own value has no effect, even if it must be JSON, as for
a field that the source finds regardless of case but the validator does not.)
"""

import importlib.util
import json
import os
import random
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

V1 = version("pydantic").startswith("1.")
if V1:
    from pydantic.env_settings import SettingsError
else:
    from pydantic_settings import SettingsError

HEAD = '''\
import dataclasses
from typing import Annotated, Any, Dict, List, Literal, NamedTuple, Optional, Union
from typing_extensions import NotRequired, TypedDict

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, SecretStr
from pydantic.dataclasses import dataclass as checked_dataclass
from pydantic_settings import BaseSettings, SettingsConfigDict
'''
HEAD_V1 = '''\
from typing import Any, Dict, List, Optional, Union

from pydantic import BaseModel, BaseSettings, Field, SecretStr
'''

LEAVES = ["int", "str", "bool", "float", "SecretStr", "List[int]", "Dict[str, int]", "Optional[int]", "Literal['a', 'b']", "List[str]", "Dict[str, str]", "Any"]
LEAVES_V1 = ["int", "str", "bool", "SecretStr", "List[int]", "Dict[str, int]", "Optional[int]"]
DEFAULTS = {"int": "1", "str": "'s'", "bool": "True", "float": "1.5", "SecretStr": "SecretStr('x')", "List[int]": "[]", "Dict[str, int]": "{}", "Optional[int]": "None", "Literal['a', 'b']": "'a'", "List[str]": "[]", "Dict[str, str]": "{}", "Any": "0"}
TEXTS = ["1", "0", "x", "a", "true", "", "[1]", "[]", "{}", '{"a": 1}', "null", "1.5", '["a"]', '"s"', "{", '{"k": "v"}', "b"]
OTHERS = ["1", "x", "{}", "[1]", '{"k": 1}']
NAMES = ["a", "b", "host", "port", "size", "max_size", "kind", "Up"]


class Writer:
    def __init__(self, rng):
        self.rng, self.lines, self.count, self.types = rng, [], 0, {}

    def chance(self, share):
        return self.rng.random() < share

    def leaf(self):
        kind = self.rng.choice(LEAVES_V1 if V1 else LEAVES)
        return kind, (None if self.chance(0.45) else DEFAULTS[kind])

    def model(self, depth, form=None, tag=None):
        """Adds a class with fields, and returns its name."""
        self.count += 1
        name, number = f"M{self.count}", self.count
        form = form or ("model" if V1 else self.rng.choice(["model"] * 7 + ["dataclass", "checked", "typed", "tuple"]))
        fields, body = {}, []
        names = self.rng.sample(NAMES if form == "model" else NAMES[:-1], self.rng.randint(1, 3))
        if tag:
            names = [n for n in names if n != "kind"]
            fields["kind"] = ("Literal", ["kind"], None)
            body.append((f"kind: Literal['{tag}']" + (f" = '{tag}'" if self.chance(0.3) else ""), "=" in body or False))
        for field in names:
            if depth > 0 and self.chance(0.5):
                kind, default = self.nested(depth - 1, name if form == "model" else None)
            else:
                kind, default = self.leaf()
            alias = None
            if form == "model" and self.chance(0.15):
                alias = self.rng.choice([f"{field}x", f"{field}Y"])
            fields[field] = (kind, [alias or field], default)
            body.append((self.field(form, field, kind, alias, default), default is not None))
        if form in ("dataclass", "checked", "tuple"):
            body.sort(key=lambda item: item[1] or " = " in item[0])
        head = {"model": f"class {name}(BaseModel):", "dataclass": f"@dataclasses.dataclass\nclass {name}:", "checked": f"@checked_dataclass\nclass {name}:", "typed": f"class {name}(TypedDict):", "tuple": f"class {name}(NamedTuple):"}[form]
        config = []
        if form == "model" and self.chance(0.2):
            extra = self.rng.choice(["forbid", "allow", "ignore"])
            config = [f"    class Config:\n        extra = '{extra}'"] if V1 else [f"    model_config = ConfigDict(extra='{extra}')"]
        self.lines += [head, *config, *(f"    {line}" for line, _ in body), ""]
        self.types[name] = fields
        return name

    def field(self, form, field, kind, alias, default):
        kind = f"Optional['{kind[5:]}']" if kind.startswith("Self:") else kind
        if form == "typed":
            return f"{field}: NotRequired[{kind}]" if default is not None else f"{field}: {kind}"
        if form == "dataclass" and default in ("[]", "{}"):
            return f"{field}: {kind} = dataclasses.field(default_factory={'list' if default == '[]' else 'dict'})"
        if form == "checked" and default in ("[]", "{}"):
            return f"{field}: {kind} = Field(default_factory={'list' if default == '[]' else 'dict'})"
        if alias:
            return f"{field}: {kind} = Field({default or '...'}, alias='{alias}')"
        return f"{field}: {kind}" + (f" = {default}" if default is not None else "")

    def nested(self, depth, owner=None):
        """A type with fields inside, and its default."""
        ways = ["model"] * 5 + ["optional"] * 3 + ["dict"] * 3 + ["list"]
        ways += [] if V1 else ["union", "tagged", "str_or"]
        ways += ["self"] if owner and not V1 else []
        way = self.rng.choice(ways)
        if way == "self":
            return f"Self:{owner}", "None"
        if way == "tagged":
            first, second = self.model(0, "model", "a"), self.model(0, "model", "b")
            kind = f"Annotated[Union[{first}, {second}], Field(discriminator='kind')]"
            return kind, None
        if way == "union":
            return f"Union[{self.model(depth)}, {self.model(0)}]", None
        inner = self.model(depth)
        none = None if self.chance(0.5) else "None"
        if way == "optional":
            return f"Optional[{inner}]", none
        if way == "str_or":
            return f"Union[{inner}, str]", (None if self.chance(0.5) else "'s'")
        if way == "dict":
            return f"Dict[str, {inner}]", (None if self.chance(0.4) else "{}")
        if way == "list":
            return f"List[{inner}]", (None if self.chance(0.4) else "[]")
        return inner, None

    def settings(self, number):
        name = f"S{number}"
        fields, body = {}, []
        for field in self.rng.sample(["db", "log", "hosts", "deep", "one_two"], self.rng.randint(1, 3)):
            if self.chance(0.85):
                kind, default = self.nested(2)
            else:
                kind, default = self.leaf()
            fields[field] = (kind, [field], default)
            kind_text = kind if not kind.startswith("Self:") else "int"
            body.append(f"    {field}: {kind_text}" + (f" = {default}" if default is not None else ""))
        delimiter = self.rng.choice(["__", "__", "__", "_", "."])
        config = {"env_nested_delimiter": delimiter}
        if self.chance(0.3):
            config["env_prefix"] = self.rng.choice(["P_", "X"])
        if self.chance(0.25):
            config["case_sensitive"] = True
        if not V1 and self.chance(0.15):
            config["env_ignore_empty"] = True
        if not V1 and delimiter == "_" and self.chance(0.7):
            config["env_nested_max_split"] = self.rng.choice([1, 2])
        if V1:
            settings = ["    class Config:"] + [f"        {key} = {value!r}" for key, value in config.items()]
        else:
            inner = ", ".join(f"{key}={value!r}" for key, value in config.items())
            settings = [f"    model_config = SettingsConfigDict({inner})"]
        self.lines += [f"class {name}(BaseSettings):", *settings, *body, ""]
        return name, fields, config


def environment(writer, fields, config):
    """A random environment with variables for the fields."""
    rng, found = writer.rng, {}
    delimiter, prefix = config["env_nested_delimiter"], config.get("env_prefix", "")
    case = (lambda text: text) if config.get("case_sensitive") else str.upper
    for field, (kind, _, default) in fields.items():
        for _ in range(rng.choice([0, 1, 1, 2, 3]) if default is not None else rng.choice([0, 1, 2, 2, 3, 4])):
            keys, text = way(writer, kind)
            found[case(delimiter.join([prefix + field, *keys]))] = text
        if writer.chance(0.5):
            complete(writer, kind, [prefix + field], delimiter, case, found)
    return found


def inner_of(writer, kind):
    """The classes that a type mentions."""
    return [name for name in writer.types if name in kind.replace("[", " ").replace("]", " ").replace(",", " ").replace(":", " ").replace("'", " ").split()]


def way(writer, kind):
    """Keys to a value inside a type, and a text for it."""
    rng, keys = writer.rng, []
    while True:
        inner = inner_of(writer, kind)
        if not inner or rng.random() < 0.2:
            return keys, text(writer, kind)
        if kind.startswith("Dict") and rng.random() < 0.9:
            keys.append(rng.choice(["web", "k"]))
        fields = writer.types[rng.choice(inner)]
        if rng.random() < 0.05:
            return [*keys, "zzz"], rng.choice(TEXTS)
        field = rng.choice(list(fields))
        kind, names, _ = fields[field]
        keys.append(names[0])


def text(writer, kind):
    if inner_of(writer, kind):
        return json.dumps(value(writer, kind, 3)) if writer.chance(0.85) else writer.rng.choice(TEXTS)
    if writer.chance(0.75):
        made = value(writer, kind, 0)
        return made if isinstance(made, str) else json.dumps(made)
    return writer.rng.choice(TEXTS)


def value(writer, kind, depth):
    """A value that mostly fits a type."""
    rng = writer.rng
    if rng.random() < 0.05:
        return rng.choice([1, "x", None, [], {}])
    plain = {"int": 1, "str": "s", "bool": True, "float": 1.5, "SecretStr": "s", "List[int]": [1], "Dict[str, int]": {"k": 1}, "Optional[int]": 2, "Literal['a', 'b']": "b", "Literal": "a", "List[str]": ["a"], "Dict[str, str]": {"k": "v"}, "Any": 1}
    if kind in plain:
        return plain[kind]
    inner = inner_of(writer, kind)
    if not inner or depth == 0:
        return {}
    made = {}
    for name, (of, names, default) in writer.types[rng.choice(inner)].items():
        if rng.random() < (0.5 if default is not None else 0.85):
            made[names[0]] = value(writer, of, depth - 1)
    if kind.startswith("Dict"):
        return {"web": made}
    return [made] if kind.startswith("List") else made


def complete(writer, kind, keys, delimiter, case, found):
    """Variables for everything that a model requires."""
    inner = inner_of(writer, kind)
    if not inner or len(keys) > 5:
        return
    if kind.startswith("Dict"):
        keys = [*keys, "web"]
    for name, (of, names, default) in writer.types[writer.rng.choice(inner)].items():
        if default is not None and writer.chance(0.8):
            continue
        here = [*keys, names[0]]
        if inner_of(writer, of) and writer.chance(0.7):
            complete(writer, of, here, delimiter, case, found)
        else:
            found.setdefault(case(delimiter.join(here)), text(writer, of))


def ask(cls, environment):
    """The result of instantiating the class: its value, or its errors."""
    os.environ.clear()
    # In the order in which a program that takk starts finds them.
    os.environ.update(sorted(environment.items()))
    try:
        made = cls()
    except SettingsError as error:
        return None, [[[field_of(cls, str(error).split('"')[1])], "settings_error"]]
    except Exception as error:
        if not hasattr(error, "errors"):
            return "crash", repr(error)
        return None, [[[str(part) for part in e["loc"]], e["type"]] for e in error.errors()]
    return repr(made), None


def is_no_json(outcome):
    return bool(outcome[1]) and outcome[1][0][1] == "settings_error"


def field_of(cls, name):
    """The field that an error concerns: pydantic 1 reports its variable."""
    fields = cls.__fields__.items() if V1 else []
    return next((field for field, of in fields if name in of.field_info.extra["env_names"]), name)


def main():
    seed, classes, environments, directory = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    warnings.simplefilter("ignore")
    writer = Writer(random.Random(seed))
    made = [writer.settings(number) for number in range(classes)]
    (directory / "settings.py").write_text((HEAD_V1 if V1 else HEAD) + "\n\n" + "\n".join(writer.lines))
    packages = ["pydantic"] + ([] if V1 else ["pydantic-settings"])
    pins = ", ".join(f'"{name}=={version(name)}"' for name in packages)
    (directory / "pyproject.toml").write_text(f'[project]\nname = "nested"\nversion = "1"\ndependencies = [{pins}]\n')
    spec = importlib.util.spec_from_file_location("settings", directory / "settings.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["settings"] = module
    spec.loader.exec_module(module)
    with (directory / "probes.jsonl").open("w") as out:
        for name, fields, config in made:
            cls = getattr(module, name)
            seen = set()
            for number in range(environments):
                env = {} if number == 0 else environment(writer, fields, config)
                key = json.dumps(sorted(env.items()))
                if key in seen:
                    continue
                seen.add(key)
                value_, errors = ask(cls, env)
                if value_ == "crash":
                    continue
                read = []
                if errors is None:
                    for variable in env:
                        others = (ask(cls, {**env, variable: other}) for other in OTHERS if other != env[variable])
                        if any(other != (value_, None) and not is_no_json(other) for other in others):
                            read.append(variable)
                out.write(json.dumps({"class": name, "env": dict(sorted(env.items())), "ok": errors is None, "errors": errors or [], "read": read}) + "\n")


main()
