"""Random annotations, and defaults that fit them."""

from __future__ import annotations

from dataclasses import dataclass

from . import values
from .module import Entity, Module
from .names import PLAIN_ENDINGS

URLS = ["AnyUrl", "AnyHttpUrl", "HttpUrl", "FileUrl", "WebsocketUrl", "AnyWebsocketUrl", "FtpUrl"]
DSNS = ["PostgresDsn", "RedisDsn", "AmqpDsn", "KafkaDsn", "MongoDsn", "MySQLDsn", "MariaDBDsn", "CockroachDsn", "NatsDsn", "ClickHouseDsn", "SnowflakeDsn"]
V1_URLS = ["AnyUrl", "AnyHttpUrl", "HttpUrl", "FileUrl"]
V1_DSNS = ["PostgresDsn", "RedisDsn", "AmqpDsn", "KafkaDsn", "MongoDsn", "CockroachDsn"]
PLAIN = {"str": 9, "int": 7, "bool": 5, "float": 3, "bytes": 1}
STANDARD = {("decimal", "Decimal"): 1, ("uuid", "UUID"): 1, ("pathlib", "Path"): 3, ("datetime", "date"): 1,
            ("datetime", "datetime"): 1, ("datetime", "time"): 1, ("datetime", "timedelta"): 2}
CONSTRAINED = {"PositiveInt": "int", "NonNegativeInt": "int", "PositiveFloat": "float", "NegativeInt": "int", "StrictStr": "str",
               "StrictBool": "bool", "FilePath": "Path", "DirectoryPath": "Path", "EmailStr": "str", "IPvAnyAddress": "other",
               "ByteSize": "int", "NonNegativeFloat": "float", "UUID4": "UUID", "StrictInt": "int", "FiniteFloat": "float"}


@dataclass
class Annotation:
    """An annotation as written, with the information for writing a default."""

    text: str
    kind: str
    #: The entity behind it (an enum, a model), or the values of the inner annotation.
    of: object = None
    #: Whether the text may be the left operand of `|` (a string may not).
    joinable: bool = True


class Annotations:
    """Generates annotations for one module and one API (`pydantic` or `pydantic.v1`)."""

    def __init__(self, m: Module, library: str = "pydantic"):
        self.m = m
        self.rng = m.rng
        self.library = library
        self.v1 = library.endswith("v1")

    def lib(self, name: str) -> str:
        return self.m.outside(self.library, name)

    def typing(self, name: str) -> str:
        source = "typing_extensions" if self.rng.random() < 0.05 else "typing"
        return self.m.outside(source, name)

    def field(self, nested: bool = True) -> Annotation:
        """An annotation for a field."""
        chosen = self.rng.random()
        inner = self.bare(nested)
        if chosen < 0.22:
            inner = self.optional(inner)
        elif chosen < 0.27:
            inner = self.union(inner)
        if self.rng.random() < 0.06:
            inner = Annotation(f"{self.typing('Annotated')}[{inner.text}, 'note']", inner.kind, inner.of)
        if self.rng.random() < 0.06 and "'" not in inner.text and '"' not in inner.text:
            inner = Annotation(repr(inner.text), inner.kind, inner.of, joinable=False)
        return inner

    def bare(self, nested: bool = True) -> Annotation:
        makers = [(self.plain, 50), (self.standard, 9), (self.literal, 5), (self.enum, 6), (self.container, 10), (self.secret, 7),
                  (self.dsn, 6), (self.url, 4), (self.constrained, 6), (self.alias, 9), (self.json, 1), (self.anything, 1)]
        if nested:
            makers += [(self.model, 8), (self.dataclass, 1)]
        makers += [] if self.v1 else [(self.root_model, 1)]
        maker = self.rng.choices([x for x, _ in makers], [w for _, w in makers])[0]
        return maker()

    def plain(self) -> Annotation:
        kind = self.rng.choices(list(PLAIN), list(PLAIN.values()))[0]
        return Annotation(kind, kind)

    def standard(self) -> Annotation:
        library, name = self.rng.choices(list(STANDARD), list(STANDARD.values()))[0]
        return Annotation(self.m.outside(library, name), name)

    def literal(self) -> Annotation:
        options = self.rng.choice([["a", "b"], ["debug", "info", "error"], [1, 2, 3], ["only"], ["on", True], ["x", None]])
        items = ", ".join(map(repr, options))
        return Annotation(f"{self.typing('Literal')}[{items}]", "literal", options)

    def enum(self) -> Annotation:
        entity = values.pick(self.m, "enum")
        if entity is None or self.rng.random() < 0.2:
            entity = new_enum(self.m)
        return Annotation(self.m.use(entity), "enum", entity)

    def model(self) -> Annotation:
        kind = "model_v1" if self.v1 else "model"
        entity = values.pick(self.m, kind)
        if entity is None or self.rng.random() < 0.25:
            entity = new_model(self.m, self)
        return Annotation(self.m.use(entity), "model", entity)

    def dataclass(self) -> Annotation:
        entity = values.pick(self.m, "dataclass_v1" if self.v1 else "dataclass")
        if entity is None or self.rng.random() < 0.3:
            entity = new_dataclass(self.m, self)
        return Annotation(self.m.use(entity), "model", entity)

    def root_model(self) -> Annotation:
        name = self.m.project.fresh("Rows")
        entity = self.m.define("root", name, f"class {name}({self.lib('RootModel')}[{self.rng.choice(['list[int]', 'dict[str, str]', 'int'])}]):\n    pass")
        return Annotation(self.m.use(entity), "other", entity)

    def container(self) -> Annotation:
        item = self.simple_item()
        old = self.rng.random() < 0.35
        forms = [("list", f"list[{item.text}]", ("typing", "List")), ("dict", f"dict[str, {item.text}]", ("typing", "Dict")),
                 ("set", f"set[{item.text}]", ("typing", "Set")), ("tuple", f"tuple[{item.text}, ...]", ("typing", "Tuple")),
                 ("frozenset", f"frozenset[{item.text}]", ("typing", "FrozenSet")), ("list", "list", None), ("dict", "dict", None)]
        kind, text, spelled = self.rng.choices(forms, [6, 4, 2, 2, 1, 1, 1])[0]
        if old and spelled:
            text = self.m.outside(*spelled) + text[text.index("["):]
        elif self.rng.random() < 0.08 and kind == "list" and "[" in text:
            text = self.m.outside("collections.abc", "Sequence") + text[text.index("["):]
        return Annotation(text, kind)

    def simple_item(self) -> Annotation:
        return self.rng.choices([self.plain, self.secret, self.enum, self.dsn, self.url], [12, 2, 1, 1, 1])[0]()

    def secret(self) -> Annotation:
        forms = ["SecretStr"] * 6 + ["SecretBytes"] + ([] if self.v1 else ["Secret"])
        name = self.rng.choice(forms)
        if name == "Secret":
            inner = self.rng.choice(["int", "str", self.m.outside("datetime", "date")])
            return Annotation(f"{self.lib('Secret')}[{inner}]", "secret_other")
        return Annotation(self.lib(name), "secret_bytes" if name == "SecretBytes" else "secret_str")

    def dsn(self) -> Annotation:
        entity = values.pick(self.m, "dsn_v1" if self.v1 else "dsn")
        if entity and self.rng.random() < 0.25:
            return Annotation(self.m.use(entity), "url", entity)
        name = self.rng.choice(V1_DSNS if self.v1 else DSNS)
        if self.rng.random() < 0.12 and not self.v1:
            child = self.m.project.fresh("Main" + name)
            entity = self.m.define("dsn", child, f"class {child}({self.lib(name)}):\n    pass")
            return Annotation(self.m.use(entity), "url", entity)
        return Annotation(self.lib(name), "url")

    def url(self) -> Annotation:
        return Annotation(self.lib(self.rng.choice(V1_URLS if self.v1 else URLS)), "url")

    def constrained(self) -> Annotation:
        if self.v1 or self.rng.random() < 0.35:
            text, kind = self.rng.choice([(f"{self.lib('conint')}(gt=0, le=10)", "int"), (f"{self.lib('constr')}(min_length=2)", "str"),
                                          (f"{self.lib('conlist')}(int)", "list"), (f"{self.lib('confloat')}(ge=0.5)", "float")])
            return Annotation(text, kind)
        name = self.rng.choice(list(CONSTRAINED))
        return Annotation(self.lib(name), CONSTRAINED[name])

    def json(self) -> Annotation:
        return Annotation(self.rng.choice([self.lib("Json"), f"{self.lib('Json')}[list[int]]"]), "other")

    def anything(self) -> Annotation:
        return Annotation(self.typing("Any"), "any")

    def alias(self) -> Annotation:
        """An alias of another type, from this module or an earlier one."""
        entity = values.pick(self.m, "alias_v1" if self.v1 else "alias")
        if entity is None or self.rng.random() < 0.25:
            entity = new_alias(self.m, self)
        return Annotation(self.m.use(entity), *entity.info["behind"])

    def optional(self, inner: Annotation) -> Annotation:
        text = inner.text
        form = self.rng.random()
        if form < 0.4:
            return Annotation(f"{self.typing('Optional')}[{text}]", inner.kind, inner.of)
        if form < 0.52:
            pair = self.rng.choice([f"{text}, None", f"None, {text}"])
            return Annotation(f"{self.typing('Union')}[{pair}]", inner.kind, inner.of)
        return Annotation(self.rng.choice([f"{text} | None"] * 4 + [f"None | {text}"]), inner.kind, inner.of)

    def union(self, inner: Annotation) -> Annotation:
        other = self.rng.choice([self.plain, self.secret, self.container])()
        if self.rng.random() < 0.5:
            return Annotation(f"{self.typing('Union')}[{inner.text}, {other.text}]", inner.kind, inner.of)
        return Annotation(f"{inner.text} | {other.text}" + self.rng.choice(["", "", " | None"]), inner.kind, inner.of)


def new_enum(m: Module) -> Entity:
    name = m.project.fresh(values.word(m).title() + "Kind")
    form = m.rng.randrange(7)
    enum = lambda what="Enum": m.outside("enum", what)  # noqa: E731
    if form == 0:
        head, body = f"{enum('IntEnum')}", "    ONE = 1\n    TWO = 2"
    elif form == 1:
        head, body = f"{enum()}", "    ONE = 'one'\n    TWO = 2"
    elif form == 2:
        head, body = f"{enum('StrEnum')}" if m.project.python >= (3, 11) else f"str, {enum()}", "    ONE = 'one'\n    TWO = 'two'"
    elif form == 3:
        head, body = f"int, {enum()}", "    ONE = 10\n    TWO = 20\n\n    def label(self):\n        return self.name"
    elif form == 4:
        head, body = f"str, {enum()}", f"    ONE = {values.known_or_new(m, 'const_str')}\n    TWO = 'two'"
    elif form == 5:
        head, body = f"{enum('IntEnum')}", f"    ONE = {enum('auto')}()\n    TWO = {enum('auto')}()"
    else:
        head, body = f"str, {enum()}", "    ONE = 'one'\n    TWO = 'two'\n    UNO = ONE"
    return m.define("enum", name, f"class {name}({head}):\n{body}")


def new_model(m: Module, types: Annotations, depth: int = 0) -> Entity:
    """A model for nested fields: plain names, some aliases."""
    name = m.project.fresh(values.word(m).title() + m.rng.choice(PLAIN_ENDINGS))
    kind = "model_v1" if types.v1 else "model"
    earlier = values.pick(m, kind)
    base = types.lib("BaseModel")
    rows, taken = [], {}
    if earlier and m.rng.random() < 0.2 and earlier.info.get("depth", 0) <= 1:
        base, taken = m.use(earlier), dict(earlier.info["fields"])
    by_name = not types.v1 and m.rng.random() < 0.15
    if by_name:
        key = "populate_by_name" if m.project.old or m.rng.random() < 0.5 else "validate_by_name"
        rows.append(f"    model_config = {{'{key}': True}}")
    for field in m.project.field_names(m.rng.randint(1, 4), taken):
        row, annotation = model_row(m, types, field, earlier, taken)
        rows.append(f"    {row}")
        taken[field] = annotation
    inner = max((a.of.info.get("depth", 0) + 1 for a in taken.values() if isinstance(a.of, Entity) and a.kind == "model"), default=0)
    return m.define(kind, name, f"class {name}({base}):\n" + "\n".join(rows or ["    pass"]), fields=taken, depth=inner)


def model_row(m: Module, types: Annotations, field: str, earlier: Entity | None, taken: dict) -> tuple[str, Annotation]:
    if earlier and earlier.info.get("depth", 0) == 0 and m.rng.random() < 0.2:
        annotation = Annotation(m.use(earlier), "model", earlier)
        annotation = types.optional(annotation) if m.rng.random() < 0.3 else annotation
    else:
        annotation = types.plain() if m.rng.random() < 0.6 else types.optional(types.plain()) if m.rng.random() < 0.5 else types.secret()
    if m.rng.random() < 0.12:
        return f"{field}: {annotation.text} = {types.lib('Field')}(alias={field.title().replace('_', '') + 'X'!r})", annotation
    default = default_text(m, annotation, types) if m.rng.random() < 0.6 and annotation.kind != "model" else None
    return f"{field}: {annotation.text}" + (f" = {default}" if default else ""), annotation


def new_dataclass(m: Module, types: Annotations) -> Entity:
    name = m.project.fresh(values.word(m).title() + "Data")
    own = m.rng.random() < 0.5
    decorator = m.outside("dataclasses", "dataclass") if own else m.outside(f"{types.library}.dataclasses", "dataclass")
    fields = {f: types.plain() for f in m.project.field_names(2, {}) if f.islower()}
    rows = [f"    {f}: {a.text} = {default_text(m, a, types)}" for f, a in fields.items()]
    text = f"@{decorator}\nclass {name}:\n" + "\n".join(rows or ["    pass"])
    return m.define("dataclass_v1" if types.v1 else "dataclass", name, text, fields=fields)


def new_alias(m: Module, types: Annotations) -> Entity:
    """`X = ...`, in one of its spellings."""
    name = m.project.fresh(values.word(m).title() + "Type")
    inner = types.field(nested=False)
    while inner.text[0] in "'\"" or ("'" in inner.text and inner.kind not in ("literal",)):
        inner = types.field(nested=False)
    kind = (inner.kind, inner.of)
    form = m.rng.random()
    role = "alias_v1" if types.v1 else "alias"
    if form < 0.2:
        return m.define(role, name, f"{name}: {m.outside('typing', 'TypeAlias')} = {inner.text}", behind=kind)
    if form < 0.35 and not types.v1:
        text = f"{name} = {m.outside('typing_extensions', 'TypeAliasType')}({name!r}, {inner.text})"
        return m.define(role, name, text, behind=kind)
    if form < 0.45:
        base = types.plain()
        return m.define(role, name, f"{name} = {m.outside('typing', 'NewType')}({name!r}, {base.text})", behind=(base.kind, None))
    if form < 0.6 and not types.v1:
        extra = m.rng.choice([f"{types.lib('Field')}(description='of the alias')", f"{types.lib('Field')}(gt=0)", "'note'",
                              f"{types.lib('BeforeValidator')}(str)"])
        if "gt=" in extra:
            inner = Annotation("int", "int")
            kind = ("int", None)
        return m.define(role, name, f"{name} = {m.outside('typing', 'Annotated')}[{inner.text}, {extra}]", behind=kind)
    return m.define(role, name, f"{name} = {inner.text}", behind=kind)


def default_text(m: Module, annotation: Annotation, types: Annotations) -> str:
    """An expression for a default of that annotation."""
    kind, r = annotation.kind, m.rng
    if kind == "str":
        return r.choice([repr(values.word(m)), repr(values.word(m)), values.known_or_new(m, "const_str"), values.text_constant(m),
                         f"f'{{{values.known_or_new(m, 'const_str')}}}-{{{values.known_or_new(m, 'const_int')}}}'", "''", "'it\\'s'"])
    if kind in ("int", "bool", "float"):
        return number_default(m, kind)
    simple = {
        "bytes": ["b'raw'", "b''"], "Decimal": [f"{m.outside('decimal', 'Decimal')}('1.50')"], "any": ["None", "1", "'x'"],
        "UUID": [f"{m.outside('uuid', 'UUID')}(int=5)", f"{m.outside('uuid', 'UUID')}('12345678123456781234567812345678')"],
        "date": [f"{m.outside('datetime', 'date')}(2024, 1, 2)"], "datetime": [f"{m.outside('datetime', 'datetime')}(2024, 1, 2, 3)"],
        "time": [f"{m.outside('datetime', 'time')}(4, 5)"], "timedelta": [f"{m.outside('datetime', 'timedelta')}(seconds=5)"],
        "list": ["[]", "['a', 'b']", f"[{values.known_or_new(m, 'const_str')}, 'z']", "[1, 2]"], "dict": ["{}", "{'a': 'b'}", f"{{'k': {values.known_or_new(m, 'const_str')}}}"],
        "set": ["set()", "{'a', 'b'}"], "frozenset": ["frozenset()", "frozenset({'a'})"],
        "tuple": ["()", "('a', 'b')", values.known_or_new(m, "const_tuple")],
        "secret_bytes": [f"{types.lib('SecretBytes')}(b'x')"], "url": ["'postgres://u:p@h/db'", "'http://localhost:80'"],
        "secret_str": [f"{types.lib('SecretStr')}('hush')", "'plain'", f"{types.lib('SecretStr')}({values.known_or_new(m, 'const_str')})"],
        "secret_other": ["None"], "other": ["None"],
    }
    if kind in simple:
        return r.choice(simple[kind])
    if kind == "Path":
        return path_default(m)
    if kind == "literal":
        return repr(r.choice(annotation.of))
    if kind == "enum":
        member = f"{m.use(annotation.of)}.{r.choice(['ONE', 'TWO'])}"
        return r.choice([member, member, f"{member}.value"])
    if kind == "model":
        return f"{m.use(annotation.of)}()" if isinstance(annotation.of, Entity) and annotation.of.kind.startswith("dataclass") else "None"
    return "None"


def path_default(m: Module) -> str:
    path = m.outside("pathlib", "Path")
    return m.rng.choice([f"{path}('/srv') / 'data'", f"{path}('a/b')", f"{path}('x') / {values.known_or_new(m, 'const_str')} / 'y'", "'plain/path'", f"{path}('a', 'b')"])


def number_default(m: Module, kind: str) -> str:
    r = m.rng
    if kind == "bool":
        return r.choice(["True", "False", "True", "False", values.known_or_new(m, "const_bool"), "not False"])
    if kind == "float":
        return r.choice(["0.5", "1e3", "3 / 2", "-2.25", "10", "1.0"])
    return r.choice(["8080", "1_000", "-1", "60 * 60", values.known_or_new(m, "const_int"), "0x1F", f"{values.known_or_new(m, 'const_int')} + 1", "2 ** 5"])
