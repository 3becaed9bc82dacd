"""Writes a project of settings classes with one field each, and the result of pydantic-settings for many texts of each field.

    values.py SEED PAIRS DIRECTORY

The project is `DIRECTORY/settings.py`. `DIRECTORY/pairs.jsonl` has one line for every text: family, class, text, whether it is accepted,
and the type of the error if not. A line without a text says whether the class can be instantiated without the variable: whether its
default is accepted. Types that the installed version does not have are omitted; pydantic 1 has settings of its own.
"""

import importlib.util
import json
import os
import random
import re
import sys
import types
import warnings
from importlib.metadata import version
from pathlib import Path

import pydantic

# Whether it is pydantic 1.
FIRST = pydantic.VERSION.startswith("1.")
if FIRST:
    from pydantic.env_settings import SettingsError
else:
    import pydantic_settings

    SettingsError = getattr(pydantic_settings, "SettingsError", None) or pydantic_settings.sources.SettingsError

HEAD = '''\
"""Settings to try texts on."""
import datetime
import enum
import ipaddress
import os
import re
import uuid
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Dict, FrozenSet, Generic, List, Literal, NewType, Optional, Set, Tuple, TypeVar, Union
from typing_extensions import TypedDict

from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen, MinLen, MultipleOf, Predicate
from pydantic import (
    AfterValidator, AliasPath, AwareDatetime, Base64Str, BeforeValidator, FilePath, FutureDatetime, ImportString, JsonValue, PastDate, PlainValidator, RootModel, WrapValidator, field_validator, model_validator,
    UUID1, UUID3, UUID4, UUID5, AliasChoices, AllowInfNan, AmqpDsn, AnyHttpUrl, AnyUrl, AnyWebsocketUrl, BaseModel, ByteSize, ClickHouseDsn, CockroachDsn, ConfigDict, EmailStr, Field, FileUrl, FiniteFloat, FtpUrl,
    HttpUrl, IPvAnyAddress, IPvAnyInterface, IPvAnyNetwork, Json, KafkaDsn, MariaDBDsn, MongoDsn, MySQLDsn, NameEmail, NatsDsn, NegativeFloat, NegativeInt, NonNegativeFloat, NonNegativeInt, NonPositiveFloat,
    NonPositiveInt, PositiveFloat, PositiveInt, PostgresDsn, RedisDsn, Secret, SecretBytes, SecretStr, SnowflakeDsn, Strict, StrictBool, StrictBytes, StrictFloat, StrictInt, StrictStr, StringConstraints, UrlConstraints,
    WebsocketUrl, conbytes, condecimal, confloat, conint, conlist, conset, constr,
)
from pydantic_settings import BaseSettings, ForceDecode, NoDecode, SettingsConfigDict

T = TypeVar("T")
Port = Annotated[int, Field(ge=1, le=65535)]
UserId = NewType("UserId", int)


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"
    ONE = 1
    HALF = 1.5
    NOTHING = None
    YES = True


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


class Number(int, enum.Enum):
    ZERO = 0
    MINUS = -1


class Mode(str, enum.Enum):
    DEV = "dev"
    PROD = "prod"
    EMPTY = ""


class Name(enum.StrEnum):
    FIRST = enum.auto()
    SECOND = "2nd"


class Ratio(float, enum.Enum):
    HALF = 0.5
    WHOLE = 1.0


class Flags(enum.IntFlag):
    A = 1
    B = 2


class Missing(enum.Enum):
    ONE = "one"

    @classmethod
    def _missing_(cls, value):
        return cls.ONE if str(value).startswith("o") else None


class Custom(str):
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return handler(int)


class Typed(TypedDict):
    a: int


@dataclass
class Data:
    host: str
    port: int = 1


class Root(RootModel[list[int]]):
    pass


class Tree(BaseModel):
    value: Optional[int] = None
    tags: list["Tree"] = []


class Checking(BaseModel):
    host: str
    port: int = 1

    @field_validator("host", mode="before")
    @classmethod
    def as_text(cls, value):
        return str(value)

    @model_validator(mode="after")
    def check(self):
        assert self.port > 1
        return self


class Sub(BaseSettings):
    host: str = "h"
    port: int


class Generic_(BaseModel, Generic[T]):
    value: T
    inner: Optional["Inner"] = None


class Inner(BaseModel):
    host: str
    port: int = Field(5432, gt=0)


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(alias="Name", min_length=1)
    tags: list[str] = []
    inner: Optional[Inner] = None


class Configured(BaseModel):
    model_config = ConfigDict(str_max_length=3, str_strip_whitespace=True, allow_inf_nan=False, extra="forbid")
    code: str = "x"
    many: list[str] = []
    ratio: float = 1


class StrictModel(BaseModel):
    model_config = ConfigDict(strict=True)
    number: int = 1
    name: str = "a"


def commas(value):
    return value.split(",") if isinstance(value, str) else value


class Named(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    value: int = Field(validation_alias=AliasChoices("v", "val"))
    ratio: float | None = None


'''

# Settings of pydantic 1, with annotations from the families that it supports.
HEAD_1 = '''\
"""Settings to try texts on."""
import datetime
import enum
import ipaddress
import os
import re
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Dict, FrozenSet, List, Literal, NewType, Optional, Sequence, Set, Tuple, Union

from pydantic import (
    AmqpDsn, AnyHttpUrl, AnyUrl, BaseModel, BaseSettings, ByteSize, EmailStr, Field, HttpUrl, Json, NegativeInt, NonNegativeInt, PositiveFloat, PositiveInt, PostgresDsn, RedisDsn, SecretBytes, SecretStr, StrictBool, StrictInt, StrictStr,
    IPvAnyAddress, confloat, condecimal, conint, conlist, conset, constr, root_validator, validator,
)

UserId = NewType("UserId", int)


class Colour(enum.Enum):
    RED = "red"
    ONE = 1


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


class Mode(str, enum.Enum):
    DEV = "dev"
    PROD = "prod"
    EMPTY = ""


class Ratio(float, enum.Enum):
    HALF = 0.5


class Number(int, enum.Enum):
    ONE = 1


class Inner(BaseModel):
    host: str
    port: int = Field(5432, gt=0)


class Closed(BaseModel):
    host: str = Field("h", alias="hostname")
    tags: List[int] = []
    parsed: Json

    class Config:
        extra = "forbid"
        min_anystr_length = 2


'''

FAMILIES_1 = {
    "text": ["constr(regex='^a')", "constr(max_length=3)"],
    "class": [
        "x: int = Field(3, ge=2)", "x: str = Field('a', max_length=3)", "x: List[int] = []", "x: Optional[List[str]]", "x: Optional[Dict[str, int]] = None", "x: List[str]|@validator('x', pre=True)|def check(cls, v): return v",
        "x: List[int] = Field([], gt=0)", "x: Dict[str, str] = Field({}, min_length=2)", "x: Optional[str] = Field(None, regex='^a')", "x: Union[int, str] = Field(1, gt=0, max_length=2)", "x: Set[int] = Field({1}, min_items=2)",
        "x: Annotated[str, Field(min_length=2)]", "x: List[Annotated[int, Field(gt=5)]]", "x: str = Field('a', const=True)", "x: int = None", "x: Json[List[int]]", "x: Optional[Json[List[int]]]", "x: Closed", "x: List[Closed]", "x: Dict[str, Inner]", "x: Tuple[Inner, ...]",
        "x: Number", "x: Ratio", "x: confloat(multiple_of=0.5)", "x: condecimal(max_digits=3, decimal_places=1, multiple_of=Decimal('0.5'))", "x: conset(int, min_items=2)", "x: Union[Inner, str]", "x: Optional[Union[List[int], int]]", "x: Literal['a', None, 1]", "x: re.Pattern",
        "x: int|@root_validator|def check(cls, values): return values", "x: int|@validator('x')|def check(cls, v): return v", "x: int|@validator('x', pre=True)|def check(cls, v): return 1", "x: conlist(int, min_items=2)", "x: List[int] = Field([], min_items=2)", "x: Union[int, List[int]]", "x: Literal['a', 'b'] = 'a'",
    ],
}

FAMILIES = {
    "text": [
        "str", "Annotated[str, Field(min_length=3)]", "constr(max_length=4)", "Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=6)]",
        "Annotated[str, Field(pattern=r'^[a-z]+$')]", "constr(pattern='[0-9]{2}')", "Annotated[str, StringConstraints(to_upper=True, pattern='^[A-Z]')]",
        "bytes", "conbytes(min_length=2, max_length=5)", "SecretStr", "Annotated[SecretStr, Field(min_length=3)]", "SecretBytes", "Annotated[SecretBytes, Field(max_length=4)]",
        "Path", "Any", "StrictStr", "StrictBytes", "Annotated[str, MinLen(2), MaxLen(5)]", "Annotated[str, Len(1, 3)]", "Annotated[str, Field(min_length=1), Field(min_length=3)]",
        "object", "Optional[str]", "constr(strip_whitespace=True, pattern='^$|a')",
    ],
    "int": [
        "int", "PositiveInt", "NegativeInt", "NonNegativeInt", "NonPositiveInt", "conint(ge=1, le=10)", "Annotated[int, Field(gt=0, lt=100)]", "Annotated[int, Field(multiple_of=3)]",
        "StrictInt", "Port", "UserId", "Optional[int]", "Annotated[int, Gt(5), Le(1000)]", "Annotated[PositiveInt, Field(gt=5)]", "Annotated[int, Interval(ge=2, lt=9)]",
        "Optional[Port]", "Secret[int]", "conint(multiple_of=5, ge=-100)", "Annotated[Optional[int], Field(ge=3)]", "conint(strict=True)",
    ],
    "float": [
        "float", "PositiveFloat", "NonNegativeFloat", "NegativeFloat", "NonPositiveFloat", "FiniteFloat", "confloat(gt=0, lt=1)", "Annotated[float, Field(multiple_of=0.5)]",
        "Annotated[float, Field(ge=-1.5, le=2.5)]", "Annotated[float, Field(allow_inf_nan=False)]", "StrictFloat", "Optional[float]", "Annotated[float, AllowInfNan(False), Gt(1)]", "Annotated[float, MultipleOf(0.1)]",
    ],
    "bool": ["bool", "StrictBool", "Optional[bool]", "Annotated[bool, Strict()]"],
    "decimal": [
        "Decimal", "Annotated[Decimal, Field(gt=0)]", "Annotated[Decimal, Field(max_digits=5)]", "Annotated[Decimal, Field(decimal_places=2)]", "Annotated[Decimal, Field(max_digits=5, decimal_places=2)]",
        "condecimal(ge=Decimal('0.5'), le=Decimal('99.95'))", "Annotated[Decimal, Field(multiple_of=Decimal('0.25'))]", "Annotated[Decimal, Field(allow_inf_nan=True)]",
        "Annotated[Decimal, Field(allow_inf_nan=True, lt=10)]", "Optional[Decimal]",
    ],
    "bytesize": ["ByteSize", "Optional[ByteSize]"],
    "uuid": ["uuid.UUID", "UUID1", "UUID3", "UUID4", "UUID5", "Optional[UUID4]"],
    "choice": [
        "Literal['a', 'b']", "Literal['dev', 1, True]", "Literal[1, 2]", "Literal[None, 'x']", "Literal[b'a', 'red']", "Literal['', ' ']", "Colour", "Level", "Number", "Mode", "Name", "Ratio",
        "Optional[Mode]", "Optional[Level]", "Optional[Literal['a']]",
    ],
    "union": [
        "int | str", "Union[int, bool]", "int | float | None", "Union[uuid.UUID, int]", "Union[PositiveInt, Literal['auto']]", "bool | Mode", "Union[Decimal, Literal['x']]", "Optional[Union[int, Literal['none']]]",
        "int | list[int]", "str | list[str]", "Optional[list[str]]", "Union[dict[str, int], int]", "None", "Union[Inner, int]", "Optional[Inner]", "Union[Inner, Named]", "Annotated[Optional[list[int]], Field(min_length=2)]",
    ],
    "url": [
        "AnyUrl", "AnyHttpUrl", "HttpUrl", "AnyWebsocketUrl", "WebsocketUrl", "FileUrl", "FtpUrl", "PostgresDsn", "CockroachDsn", "AmqpDsn", "RedisDsn", "MongoDsn", "KafkaDsn", "NatsDsn",
        "MySQLDsn", "MariaDBDsn", "ClickHouseDsn", "SnowflakeDsn", "Annotated[AnyUrl, UrlConstraints(allowed_schemes=['s3', 'gs'], host_required=True)]", "Annotated[HttpUrl, UrlConstraints(max_length=24)]", "Optional[HttpUrl]",
    ],
    "email": ["EmailStr", "NameEmail", "Optional[EmailStr]"],
    "ip": [
        "ipaddress.IPv4Address", "ipaddress.IPv6Address", "ipaddress.IPv4Interface", "ipaddress.IPv6Interface", "ipaddress.IPv4Network", "ipaddress.IPv6Network",
        "IPvAnyAddress", "IPvAnyInterface", "IPvAnyNetwork", "Optional[IPvAnyAddress]",
    ],
    "date": ["datetime.date", "Optional[datetime.date]"],
    "time": ["datetime.time", "Optional[datetime.time]"],
    "datetime": ["datetime.datetime", "Optional[datetime.datetime]", "Union[datetime.datetime, int]"],
    "timedelta": ["datetime.timedelta", "Optional[datetime.timedelta]"],
    "collection": [
        "list", "list[int]", "List[str]", "Sequence[float]", "list[bool]", "set[str]", "Set[int]", "frozenset[str]", "tuple", "tuple[int, str]", "tuple[int, ...]", "Tuple[bool]", "dict", "dict[str, int]",
        "Dict[int, Any]", "Mapping[str, str]", "dict[str, list[int]]", "conlist(int, min_length=1, max_length=3)", "Annotated[list[str], Field(min_length=2)]", "conset(str, min_length=2)", "list[Optional[int]]",
        "list[Literal['a', 'b', 1]]", "list[Mode]", "list[Level]", "list[Decimal]", "list[uuid.UUID]", "list[HttpUrl]", "list[SecretStr]", "list[int | str]", "Annotated[dict[str, int], Field(max_length=1)]", "list[PositiveInt]",
        "list[Path]", "list[bytes]", "list[Colour]", "list[StrictInt]", "list[StrictStr]", "tuple[()]", "Annotated[list[str], NoDecode]", "list[Ratio]", "list[Number]", "list[FiniteFloat]",
        "list[datetime.date]", "list[datetime.datetime]", "list[datetime.timedelta]", "list[datetime.time]", "list[Annotated[Decimal, Field(max_digits=3, decimal_places=1)]]",
    ],
    "json": ["Json", "Json[int]", "Json[list[int]]", "Json[dict[str, str]]", "Optional[Json[list[str]]]", "Annotated[list[int], Json]", "Json[Inner]", "list[Json[int]]", "Json[float]"],
    "open": [
        "Annotated[int, AfterValidator(abs), Field(gt=3)]", "Annotated[int, BeforeValidator(len)]", "Annotated[str, AfterValidator(int)]", "Annotated[list[int], AfterValidator(sum)]", "Annotated[int, WrapValidator(lambda v, h: h(v))]",
        "Annotated[str, PlainValidator(int)]", "Optional[StrictInt]", "Union[StrictInt, StrictBool]", "Literal[Mode.DEV]", "Literal[Level.LOW]", "Optional[Literal[Level.LOW]]", "PastDate", "FutureDatetime", "AwareDatetime", "FilePath", "deque[int]", "type[int]",
        "Root", "Data", "Typed", "Custom", "Optional[Custom]", "re.Pattern", "re.Pattern[str]", "Flags", "Missing", "complex", "Base64Str", "ImportString", "JsonValue", "Sequence[Custom]", "Tree", "list[Tree]", "Checking", "Sub", "list[Sub]",
        "Annotated[HttpUrl, Field(max_length=20)]", "Annotated[datetime.date, Field(gt=datetime.date(2020, 6, 1))]", "Annotated[uuid.UUID, Field(strict=True)]", "Annotated[Union[int, str], Field(gt=3)]", "Annotated[Path, Field(min_length=3)]",
        "Annotated[list[int], Json]", "Annotated[int, Predicate(bool)]", "Annotated[bool, Field(gt=0)]", "Annotated[Any, Field(min_length=3)]", "Iterable[int]", "defaultdict[str, int]", "Annotated[str, Field(pattern=re.compile('a', re.I))]", "Generic_[int]", "Generic_[str]",
    ],
    "class": [
        "x: int = 3", "x: Optional[list[int]] = None", "x: dict[str, int] = {}", "x: Inner = Inner(host='h')", "x: int | list[int] = 3",
        "model_config = SettingsConfigDict(env_ignore_empty=True)|x: int", "model_config = SettingsConfigDict(env_ignore_empty=True)|x: str = 'a'", "model_config = SettingsConfigDict(env_ignore_empty=True)|x: list[int] = []",
        "model_config = SettingsConfigDict(case_sensitive=True)|x: Closed", "model_config = SettingsConfigDict(str_strip_whitespace=True)|x: str = Field(min_length=2)", "model_config = SettingsConfigDict(strict=True)|x: int", "model_config = SettingsConfigDict(str_min_length=3)|x: str",
        "model_config = SettingsConfigDict(env_nested_delimiter='__')|x: Inner", "model_config = SettingsConfigDict(env_nested_delimiter='__')|x: list[int]", "model_config = SettingsConfigDict(enable_decoding=False)|x: list[int]", "model_config = SettingsConfigDict(env_parse_none_str='null')|x: Optional[int]",
        "model_config = SettingsConfigDict(env_parse_enums=True)|x: Colour", "model_config = SettingsConfigDict(extra='allow')|x: int", "model_config = SettingsConfigDict(coerce_numbers_to_str=True)|x: list[str]",
        "x: int|@field_validator('x')|@classmethod|def check(cls, v): assert v % 2; return v", "x: int|@field_validator('x', mode='before')|@classmethod|def check(cls, v): return len(v)", "x: int|@field_validator('*', mode='wrap')|@classmethod|def check(cls, v, h): return 1",
        "x: list[int]|@field_validator('x', mode='before')|@classmethod|def check(cls, v): return [1]", "x: int|@model_validator(mode='after')|def check(self): assert self.x > 5; return self", "x: int|@model_validator(mode='before')|@classmethod|def check(cls, v): return {'x': 1}",
        "x: int = Field(validation_alias=AliasChoices('x', 'z'))", "x: int = Field(validation_alias=AliasPath('x', 0))", "x: list[str] = Field(min_length=2, max_length=3)", "x: str = Field(pattern='^a', max_length=3)", "x: SecretStr = Field(min_length=4)",
        "x: Decimal = Field(max_digits=4, decimal_places=2)", "x: int = Field(strict=True)", "x: Optional[int] = Field(None, ge=5)", "x: float = Field(allow_inf_nan=False, gt=0.5)", "x: Annotated[int, Field(gt=3)] = Field(5, lt=9)", "x: Annotated[list[str], NoDecode] = []",
    ],
    "model": ["Inner", "Closed", "Named", "list[Inner]", "dict[str, Inner]", "Optional[Closed]"],
}

# Keys of the configuration, some of which are set together.
CONFIGURATION = [
    "str_strip_whitespace=True", "str_min_length=2", "str_max_length=3", "str_to_lower=True", "str_to_upper=True", "strict=True", "strict=False", "allow_inf_nan=False", "allow_inf_nan=True",
    "coerce_numbers_to_str=True", "use_enum_values=True", "env_parse_enums=True", "env_parse_none_str='null'", "env_parse_none_str=''", "env_ignore_empty=True", "enable_decoding=False", "regex_engine='python-re'",
    "val_json_bytes='base64'", "ser_json_bytes='hex'", "arbitrary_types_allowed=True", "extra='ignore'", "frozen=True", "revalidate_instances='always'", "hide_input_in_errors=True", "case_sensitive=False",
    "val_temporal_unit='seconds'", "alias_generator=str.upper", "protected_namespaces=()", "title='T'", "validate_assignment=True", "use_attribute_docstrings=True",
]
CONFIGURED = [
    "str", "Optional[str]", "constr(max_length=4)", "Annotated[str, Field(pattern='[a-c]+')]", "Annotated[str, StringConstraints(strip_whitespace=False, min_length=1)]", "SecretStr", "Annotated[SecretStr, Field(min_length=3)]", "Path",
    "EmailStr", "int", "Optional[int]", "Annotated[int, Field(strict=False)]", "Annotated[int, Field(ge=5)]", "float", "Annotated[float, Field(allow_inf_nan=True)]", "Decimal", "bool", "Optional[bool]", "bytes", "Colour", "Mode", "Level",
    "Optional[Mode]", "list[str]", "list[int]", "list[float]", "list[Mode]", "list[Decimal]", "tuple[int, ...]", "set[int]", "dict[str, float]", "dict[str, str]", "Inner", "Configured", "StrictModel", "Optional[Configured]", "int | str",
    "Literal['a', 'b']", "Literal['a', 1]", "datetime.date", "datetime.timedelta", "uuid.UUID", "HttpUrl", "Json[int]", "StrictInt", "Optional[StrictInt]", "Union[StrictInt, StrictBool]", "Annotated[list[str], NoDecode]",
    "Annotated[list[int], ForceDecode]", "Annotated[list[str], BeforeValidator(commas)]", "Annotated[list[str], NoDecode, BeforeValidator(commas)]", "list[str] | str", "Optional[list[int]]", "Annotated[dict[str, int], BeforeValidator(commas)]",
    "Annotated[Inner, BeforeValidator(commas)]", "Annotated[Optional[list[str]], BeforeValidator(commas)]", "Annotated[int, Strict()]", "PositiveInt", "ByteSize", "Annotated[list[int], Field(min_length=2)]",
]
# Fields with defaults, which settings validate as Python values, not as texts.
DEFAULTS = [
    "None", "''", "'a'", "'abc'", "'5'", "'x'", "' '", "'dev'", "'DEV'", "'local'", "'1.5'", "'null'", "'true'", "'[1]'", "'a,b'", "0", "1", "-1", "5", "70000", "1.0", "1.5", "True", "False", "float('inf')", "float('nan')", "b'a'", "b'5'",
    "[]", "{}", "()", "set()", "[1]", "['a']", "['a', 1]", "[None]", "(1, 2)", "{1}", "{'a': 1}", "{'host': 'h'}", "{'host': 1}", "{'port': 1}", "Colour.RED", "Mode.DEV", "Level.LOW", "Ratio.HALF", "SecretStr('x')", "SecretStr('')", "SecretBytes(b'x')",
    "Path('/tmp')", "Decimal('1.5')", "Decimal('NaN')", "uuid.UUID('16fd2706-8baf-433b-82eb-8c7fada847da')", "datetime.timedelta(1)", "datetime.date(2020, 1, 1)", "Inner(host='h')", "'http://example.com'", "'ftp://x'", "'a@b.co'",
    "'2020-01-01'", "'127.0.0.1'", "'postgresql://u:p@h/d'", "os.environ.get('NOT_THERE')", "'16fd2706-8baf-433b-82eb-8c7fada847da'", "9" * 30, "HttpUrl('http://example.com')", "frozenset([1])", "[Mode.DEV]", "{'a': Mode.DEV}", "lambda: None", "int",
]
DEFAULTED = [
    "str", "Optional[str]", "constr(min_length=2)", "Annotated[str, Field(pattern='^a')]", "bytes", "int", "Annotated[int, Field(ge=1)]", "Optional[int]", "float", "Annotated[float, Field(allow_inf_nan=False)]", "bool", "Decimal", "SecretStr",
    "Annotated[SecretStr, Field(min_length=2)]", "Optional[SecretStr]", "SecretBytes", "Path", "HttpUrl", "AnyUrl", "PostgresDsn", "EmailStr", "uuid.UUID", "datetime.date", "datetime.timedelta", "Literal['dev', 'prod']", "Literal[1, 'a']", "Colour",
    "Mode", "Level", "Ratio", "list[str]", "list[int]", "set[int]", "tuple[int, ...]", "tuple[int, int]", "frozenset[str]", "dict[str, int]", "dict[str, str]", "Inner", "Closed", "Json", "Json[int]", "int | str", "Union[int, bool]", "Any", "ByteSize",
    "ipaddress.IPv4Address", "IPvAnyAddress", "StrictInt", "StrictStr", "Optional[Mode]", "Optional[list[int]]", "list[Mode]", "list[SecretStr]", "Annotated[str, BeforeValidator(str)]", "Annotated[int, AfterValidator(abs)]", "re.Pattern", "PositiveInt",
]
WITH_DEFAULTS = [
    "x: int = Field(0, ge=1)", "x: int = Field(default=None)", "x: str = Field(None, validate_default=False)", "model_config = SettingsConfigDict(validate_default=False)|x: str = None", "x: str = Field(default_factory=list)", "x: list = Field(default_factory=list)",
    "x: int = Field(default_factory=lambda: None)", "x: str = Field(default_factory=lambda: os.environ.get('NOT_THERE'))", "model_config = SettingsConfigDict(validate_default=False)|x: str = Field(None, validate_default=True)",
    "x: str = None|@field_validator('x', mode='before')|@classmethod|def check(cls, v): return 'a'", "x: str = None|@field_validator('x')|@classmethod|def check(cls, v): return v", "x: str = None|@model_validator(mode='before')|@classmethod|def check(cls, v): return {'x': 'a'}",
    "x: str = None|@model_validator(mode='after')|def check(self): return self", "model_config = SettingsConfigDict(str_min_length=2)|x: str = 'a'", "model_config = SettingsConfigDict(strict=True)|x: int = '5'", "model_config = SettingsConfigDict(strict=True)|x: Mode = 'dev'",
    "model_config = SettingsConfigDict(strict=True)|x: tuple[int, ...] = []", "model_config = SettingsConfigDict(coerce_numbers_to_str=True)|x: str = 5", "x: str = None|def __init__(self, **values): super().__init__(x='a', **values)", "x: Inner = Inner(host='h')",
    "model_config = SettingsConfigDict(env_parse_none_str='null')|x: str = 'null'", "x: Optional[str] = None", "model_config = SettingsConfigDict(str_strip_whitespace=True)|x: constr(min_length=1) = ' '", "x: str = Field('a', validation_alias='X')",
    "x: Annotated[str, Field(default=None)]", "x: Annotated[int, Field(ge=3)] = 1", "model_config = SettingsConfigDict(env_ignore_empty=True)|x: int = ''", "x: list[str] = 'a,b'", "x: Annotated[list[str], NoDecode, BeforeValidator(commas)] = 'a,b'",
]


def with_configuration(rng, count):
    """Classes with some keys of the configuration."""
    bodies = []
    for at in range(count):
        keys = {key.split("=")[0]: key for key in rng.sample(CONFIGURATION, rng.choice([1, 1, 1, 2, 3]))}
        annotation = CONFIGURED[at % len(CONFIGURED)] if rng.random() < 0.5 else rng.choice(CONFIGURED)
        bodies.append(f"model_config = SettingsConfigDict({', '.join(keys.values())})|x: {annotation}")
    return bodies


def with_defaults(rng, count):
    """Classes whose field has a default, good or bad."""
    bodies, defaulted = (list(WITH_DEFAULTS_1), DEFAULTED_1) if FIRST else (list(WITH_DEFAULTS), DEFAULTED)
    for at in range(count):
        bodies.append(f"x: {defaulted[at % len(defaulted)]} = {rng.choice(DEFAULTS)}")
    return bodies


#: What pydantic 1 has instead of some of these types.
DEFAULTED_1 = [
    *(kind for kind in DEFAULTED if "Annotated" not in kind), "List[int]", "Dict[str, Inner]", "Optional[Inner]", "Union[int, List[int]]", "FrozenSet[int]", "Number", "constr(regex='^a')", "conlist(int, min_items=1)", "conint(multiple_of=2)", "datetime.datetime", "datetime.time", "Optional[Json]", "RedisDsn", "StrictBool",
]
WITH_DEFAULTS_1 = [
    "x: int = Field(0, ge=1)", "x: int = Field(default=None)", "class Config: validate_all = False|x: int = 'x'", "x: str = Field(default_factory=list)", "x: list = Field(default_factory=list)", "x: int = Field(default_factory=lambda: None)", "x: List[int] = Field([], min_items=1)",
    "x: str = Field('a', min_length=2)", "x: str = 1|@validator('x', pre=True)|def check(cls, v): return v", "x: int = 'x'|@validator('x', pre=True, always=True)|def check(cls, v): return 1", "x: int = 'x'|@root_validator(pre=True)|def check(cls, values): return {'x': 1}", "class Config: min_anystr_length = 2|x: str = 'a'",
    "class Config: validate_all = False|x: int = 'x'|@validator('x', always=True)|def check(cls, v): return v", "class Config: anystr_strip_whitespace = True; min_anystr_length = 1|x: str = ' '", "x: Inner = Inner(host='h')", "x: List[str] = 'a,b'", "x = 5", "x = None", "x: Literal['a'] = None",
]
CONFIGURATION_1 = ["anystr_strip_whitespace = True", "anystr_lower = True", "min_anystr_length = 2", "max_anystr_length = 3", "allow_inf_nan = False", "use_enum_values = True", "smart_union = True", "orm_mode = True"]
CONFIGURED_1 = ["str", "constr(min_length=1)", "Optional[str]", "SecretStr", "bytes", "Path", "List[str]", "Dict[str, int]", "Union[int, str]", "Mode", "Colour", "Literal['a']", "float", "Decimal", "Inner", "Closed", "Json", "HttpUrl", "EmailStr", "int", "Set[str]"]


def with_configuration_1(rng, count):
    """The same for pydantic 1."""
    for at in range(count):
        keys = "; ".join(rng.sample(CONFIGURATION_1, rng.choice([1, 1, 2, 3])))
        yield f"class Config: {keys}|x: {CONFIGURED_1[at % len(CONFIGURED_1)]}"


NUMBERS = """0 1 -1 +1 00 01 -01 007 1_000 1__0 _1 1_ 0_1 1.0 1.00 1. .5 -.5 1.5 1e3 1E3 1e-3 1e400 -1e400 1e999999 0x10 0b1 1,000 1.000,5 ١٢ １２ ² ½ nan NaN -nan inf -inf +inf
Infinity infinity -Infinity INF sNaN nan12 --1 +-1 -+1 1- 1+ 9223372036854775807 9223372036854775808 -9223372036854775809 123456789012345678901234567890 0.1 0.25 0.5 0.75 2.5 3 5 6 9 10 12
99 100 65535 65536 12.34 123.45 1234.5 12345 0.001 12.340 1e2 1e5 0e5 0.0 -0 -0.0 +0.0 00.10 1e 1e+ e5 1e1.5 1_0.0_1 1.0_0 0_0.0 0.0000001 3.14159265358979323846 1_000.5 99.95 99.96 0.3 -5 -100""".split()
SPACED = [" 1", "1 ", " 1 ", "\t1\n", "1 0", "\u00a01", "1\u2003", " 1.5 ", " 1_0 ", " -1", "- 1", " true", "true ", "\u200b1", "1\x1f", "1\x85", " nan ", " + 1"]
BOOLEANS = "true True TRUE tRuE false False yes Yes no NO on off t f y n T F 1 0 2 -1 01 1.0 0.0 truee nope enabled oui ja YES. true; None null".split()
TEXTS = ["", " ", "  ", "a", "ab", "abc", "abcd", "abcde", "abcdefg", "é", "ßß", "日本", "a b", " a ", "  abc  ", "ABC", "aB1", "12", "x12y", "a\nb", "a\n", "😀", "😀😀😀", "\u0301", "'quoted'", '"quoted"', "$HOME", "../x", "/etc/passwd", "C:\\x", "~", "İ", "ŉ"]
UUIDS = ["00000000-0000-0000-0000-000000000000", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6fa459ea-ee8a-3ca4-894e-db77e160355e", "16fd2706-8baf-433b-82eb-8c7fada847da", "886313e1-3b8a-5372-9b90-0c9aee199e5d",
         "018f3c1e-7b9a-7cc3-98c4-dc0c0c07398f", "{16fd2706-8baf-433b-82eb-8c7fada847da}", "urn:uuid:16fd2706-8baf-433b-82eb-8c7fada847da", "16fd27068baf433b82eb8c7fada847da", "16FD2706-8BAF-433B-82EB-8C7FADA847DA",
         "16fd2706-8baf433b-82eb-8c7fada847da", "16fd2706-8baf-433b-82eb-8c7fada847d", "16fd2706-8baf-433b-82eb-8c7fada847dag", " 16fd2706-8baf-433b-82eb-8c7fada847da", "16fd2706-8baf-433b-02eb-8c7fada847da", "urn:uuid:16fd27068baf433b82eb8c7fada847da",
         "URN:UUID:16fd2706-8baf-433b-82eb-8c7fada847da", "{16fd27068baf433b82eb8c7fada847da}", "16fd2706_8baf_433b_82eb_8c7fada847da"]
CHOICES = "a b c A red green RED Red 1 1.0 01 1.5 10 0 -1 -0 dev prod DEV 2nd first FIRST 0.5 .5 0.50 true True None null x half one nan auto none".split() + ["", " ", " a", "a "]
SIZES = "1 10 1k 1kb 1KB 1Kb 1KiB 1kib 10MB 1.5GB .5gb 1.gb 1tb 1pb 1eb 1zb 1bit 1kbit 1kibit 1kk 1e3 1_000 -1 -1kb +1 +1kb 1,5kb kb b 0 0b 00kb 1 1b 1_0kb 99999999999eb 1k_ 1.5 1.5x 1..5 10mb5".split() + ["1 KB", " 1 kb", "1 kb ", "1 kb x", "", " ", "1\nkb", " 5 ", "- 5", "1. 5kb", "+ 1"]
SCHEMES = ["http", "https", "HTTP", "ws", "wss", "ftp", "file", "postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+foo", "cockroachdb", "amqp", "amqps", "redis", "rediss", "mongodb", "mongodb+srv", "kafka", "nats", "tls", "mysql", "mysql+pymysql",
           "mariadb", "clickhouse", "clickhouse+http", "snowflake", "s3", "gs", "foo", "x-y.z", "1http", "", "data", "mailto", "jdbc:postgresql", "javascript"]
HOSTS = ["localhost", "example.com", "EXAMPLE.com", "127.0.0.1", "[::1]", "[::1", "::1", "256.1.1.1", "1.2.3", "0x7f.1", "münchen.de", "日本.jp", "xn--mnchen-3ya.de", "xn--a", "", "a_b", "a b", "a%20b", "a%zz", "a..b", ".a", "a.", "-a.com", "a-.com", "a,b", "a:1,b:2", "a,,b", "a,", ",a", "user@h,user:p@g", "☃.net", "ex%41mple.com",
         "a^b", "a|b", "a<b", "a\\b", "a\tb", "a" * 70 + ".com", "1e3", "[fe80::1%25eth0]", "[::1.2.3.4]", "999999999999", "0", "a\u00adb.com", "\uff45xample.com", "*.example.com", "${HOST}", "$HOST", "{host}", "<host>"]
PORTS = ["", ":80", ":0", ":65535", ":65536", ":99999", ":", ":abc", ":-1", ":80a", ": 80", ":00080", ":8 0", ":+1", ":٣", ":5432", ":80:81"]
USERS = ["", "user@", "user:pass@", ":pass@", "user:@", "u:p@ss@", "u%40:p%2F@", "u:p/s@", "u:p#s@", "u:p?s@", "u:p:q@", "ü:é@", "u p:p@", "@", ":@", "u:p%@", "u:[p]@", "u:p\\q@"]
PATHS = ["", "/", "/db", "/a b", "/é", "?x=1", "#f", "/a?b#c", "/%zz", "//x", "/..", "\\x", " ", "/db?sslmode=require", "/0", "/a,b", "?a,b", "/\x7f"]
EMAILS = ["a@b.co", "a@b", "a@localhost", "john.doe@example.com", "john..doe@example.com", ".a@b.co", "a.@b.co", "a@b..co", "a@.co", "a@b.co.", "a@-b.co", "a@b-.co", "@b.co", "a@", "a", "", "a@b@c.co", "a b@c.co", "\"a b\"@c.co", "a+b@c.co", "é@b.co", "a@é.co", "A <a@b.co>", "<a@b.co>", "A B <a@b.co>", "\"A, B\" <a@b.co>", "A, B <a@b.co>", " a@b.co ", "a@b.co\n",
          "a@[1.2.3.4]", "a@1.2.3.4", "a@b.c", "a@b.c1", "a@b.1", "a!#$%&'*+/=?^_`{|}~-@b.co", "a@example.test", "a@test", "a@x.local", "a@example.invalid", "a@b_c.co", "a" * 64 + "@b.co", "a" * 65 + "@b.co", "a@" + "b" * 63 + ".co", "a@" + "b" * 64 + ".co", "a@xn--mnchen-3ya.de", "a@xn--.co", "a@ab--c.co", "a,b@c.co", "a;b@c.co", "a:b@c.co", "(a)@b.co", "a\\@b.co", "a@b.co>", "<a@b.co", "A <a@b.co> x", "a@b .co", "a @b.co", "<>", "A <>", "a@b.local", "a@example.onion", "postmaster@b.co", "a@b.com", "A  B  <a@b.com>", "A <  a@b.com >", "<<a@b.com>", "a@in-addr.arpa", "a@b.example", "noreply@my-company.example.org", "a@b.co, c@d.co"]
IPS = ["1.2.3.4", "01.2.3.4", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.256", " 1.2.3.4", "1.2.3.4 ", "1", "16909060", "0x1020304", "١.2.3.4", "1.2.3.-4", "1.2..4", "", "::", "::1", ":::", "1::2", "1::2::3", "fe80::1%eth0", "fe80::1%", "fe80::1%a%b", "::ffff:1.2.3.4", "::ffff:1.2.3.256", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "12345::", "g::", "2001:DB8::1", ":1", "1:",
       "1.2.3.4/24", "1.2.3.0/24", "0.0.0.0/0", "1.2.3.4/32", "1.2.3.4/33", "1.2.3.4/", "1.2.3.0/024", "1.2.3.0/+24", "1.2.3.0/-1", "1.2.3.0/255.255.255.0", "1.2.3.0/0.0.0.255", "1.2.3.0/255.0.255.0", "1.2.3.0/24/24", "/24", "10.0.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.1/8", "::/0", "2001:db8::/32", "2001:db8::1/32", "2001:db8::1/128", "::1/129", "::1/64", "::1/ffff::", "fe80::1%eth0/64", "1.2.3.0/ 24", "1.2.3.4/0.0.0.0", "0.0.0.0/0.0.0.0", "1.2.3.4/255.255.255.255", "[::1]", "localhost", "0.0.0.0/255.255.255.254", "10.0.0.0/08", "::%1", "1.2.3.4%eth0", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::01.2.3.4", "00001::"]
DAYS = ["2020-01-01", "2020-02-29", "2021-02-29", "2020-13-01", "2020-00-10", "2020-01-32", "2020-1-1", "20200101", "2020/01/01", "01-01-2020", "2020-01", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "-2020-01-01", "+2020-01-01", " 2020-01-01", "2020-01-01 ", "٢٠٢٠-01-01", "2020-01-0a", "2020–01–01", "2020-W01-1", "today"]
TIMES = ["00:00", "00:00:00", "12:30", "12:30:45", "12:30:45.123", "12:30:45.123456", "12:30:45.1234567", "12:30:45.", "12:30:45,5", "24:00", "23:60", "23:59:60", "23:59:59.999999", "1:30", "12:3", "1230", "12", "12:30Z", "12:30z", "12:30+01", "12:30+01:00", "12:30+0100", "12:30-23:59", "12:30+24:00", "12:30 Z", "12:30 +01:00", "12:30:00+01:00:00", " 12:30", "12:30 ", "12:30PM", "noon", "00:00:00Z", "00:00:00.000", "00:00+02:00", "12:30:45.123456789012", "12:30−01:00", "12:30:00Z+1", "12:30+1", "12:30+01:", "12:30:00-00:00"]
STAMPS = ["0", "1", "-1", "1577836800", "1577836800000", "1577836800.5", "1577836800.0", "-1577836800", "1e9", "1e3", "20000000000", "20000000001", "-20000000000", "-62135596800", "-62135596801", "253402300799", "253402300800", "1577923200", "86400", "86399", "86400.5", "43200.25", "1.123456789", "+1", "1_000", " 1", "1 ", ".5", "5.", "nan", "inf", "1577836800000000", "99999999999999999999", "-0", "00", "01", "1.", "-.5", "-1.5", "3600", "0.0", "0.1234567", "-86400", "172800", "19723", "1704067200.000000", "99999999999", "1e400", "1577836800123.456", "9223372036854775807", "9223372036854775808"]
SPANS = ["1 day", "1 days", "2 days, 01:02:03", "2 days 01:02:03", "-1 day", "-1 day, 00:00:01", "1d", "P1D", "P1DT1H", "PT1H30M", "PT1.5S", "PT0.5H", "P1W", "P1Y", "P1M", "P1Y2M3D", "-P1D", "+P1D", "P-1D", "p1d", "PT", "P", "", "PT1H1H", "P1DT", "T1H", "01:02:03", "1:02:03", "01:02", "-01:02:03", "+01:02:03", "100:00:00", "01:02:03.5", "24:00:00", "00:60:00", "00:00:60", "3600", "-3600", "1.5", "1e3", "999999999 days", "1000000000 days", "-999999999 days", "-1000000000 days", "86399999999999", "86400000000000", "P999999999D", "P1000000000D", "1 day 1 day", "1day", "1 DAY", "1 days, 25:00:00", "10 minutes", "1h", "30s", "PT36H", "P1.5D", "P1,5D", "PT1S ", " PT1S", "1 d", "1D 00:00:01", "-PT1H", "P2W", "P1W2D", "0", "PT0S", "00:00:00", "1 day,01:02:03", "1 days,  01:02:03", "3 day", "12:30:45.1234567", "5.", ".5", "PT1M1H", "P3DT", "P1DT2H3M4.5S", "4 days 1:00"]
ATOMS = ["1", "0", "-1", "1.0", "1.5", "2", "1e2", "1E400", "-0", "true", "false", "null", '"a"', '"b"', '"1"', '"1.0"', '" 2 "', '"x"', '""', '"true"', '"dev"', '"prod"', '"red"', "10", "NaN", "Infinity", "-Infinity", '"\\ud800"', '"\\ud83d\\ude00"', '"\\u0061"', '"é"', "12345678901234567890123", "1e20", "0.1", "12.34", '"2020-01-01"', '"2020-01-01T00:00:00Z"', "1577836800",
         "1577836800.5", '"16fd2706-8baf-433b-82eb-8c7fada847da"', '"http://example.com"', '"PT1H"', '"12:30"', "{}", "[]", '"0.5"', "0.5", '"[1]"', '"{}"', "3.14", "100.5", '"nan"', "86400", "-5", "9223372036854775807", "9223372036854775808", "1e19", "1e400", "43200.25"]
BROKEN = ["", " ", "{", "[", "]", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{'a': 1}", '{"a": 1,}', '{"a" 1}', "{a: 1}", '{"a":}', "[1]]", "[1] x", "x [1]", "nul", "True", "None", "01", "+1", ".5", "1.", "-", "1e", "0x1", "'a'", '"a', 'a"', '"\\x"', '"\\u12"', '"\t"', '"\n"', "//c", "[1]//c", "/*c*/[1]", "\ufeff[1]", "\u00a0[1]", "[1]\u2003", "\n[1]\t", "nan", "inf", "-NaN", "+Infinity", "NAN", "infinity", "1_0", "[1_0]", "a,b,c", "a, b", "1,2,3", "a", "[a]", "[a, b]", '["a" "b"]', "[\"a\",\"b\"", "(1,2)", "{1}", '{"a":1}{"b":2}', "[" * 100 + "]" * 100, "[" * 150 + "]" * 150, '"\\ude00"', "tru", "[true,]", "\x0c[1]", "[1\x0b]", '{1: 2}', '{"a": 1, "a": "x"}', '"\x7f"', '"\\u0000"', "9" * 4300, "9" * 4301]


def json_text(rng, depth=0):
    kind = rng.random()
    if depth > 2 or kind < 0.3:
        return rng.choice(ATOMS)
    space = rng.choice(["", "", " ", "\n"])
    if kind < 0.65:
        return "[" + ("," + space).join(json_text(rng, depth + 1) for _ in range(rng.randrange(4))) + "]"
    keys = ["host", "port", "Name", "name", "tags", "inner", "v", "val", "value", "ratio", "a", "1", "x", ""]
    items = (f'"{rng.choice(keys)}":{space}{json_text(rng, depth + 1)}' for _ in range(rng.randrange(4)))
    return "{" + ("," + space).join(items) + "}"


def flat_list(rng):
    atoms = rng.sample(ATOMS, rng.randrange(1, 4)) if rng.random() < 0.5 else [rng.choice(ATOMS)] * rng.randrange(1, 4)
    return "[" + ", ".join(atoms) + "]"


def model_text(rng):
    fields = {
        "host": ['"h"', '"h"', "1", "null", '""'], "port": ["1", "5432", '"80"', "0", "-1", '"x"', "null", "1.5"], "Name": ['"n"', '"n"', '""', "1"], "name": ['"n"'], "tags": ["[]", '["a"]', "[1]", "null", '"a"'],
        "inner": ["null", '{"host": "h"}', '{"host": "h", "port": 0}', "{}"], "v": ["1", '"2"', '"x"'], "val": ["1"], "value": ["1"], "ratio": ["null", "1", '"nan"', "1.5", "[]"], "extra": ["1"],
    }
    names = rng.choice([["host", "port"], ["host"], ["Name", "tags", "inner"], ["Name", "inner"], ["v", "ratio"], ["val"], ["value"], list(fields)])
    chosen = [name for name in names if rng.random() < 0.8]
    if rng.random() < 0.15:
        chosen.append(rng.choice(list(fields)))
    return "{" + ", ".join(f'"{name}": {rng.choice(fields[name])}' for name in chosen) + "}"


def configured_text(rng):
    fields = {"code": ['"a"', '" abc "', '"abcd"', "1"], "many": ["[]", '["a"]', '["abcd"]'], "ratio": ["1", "NaN", '"inf"'], "number": ["1", '"1"', "1.0"], "name": ['"a"', "1"], "extra": ["1"]}
    return "{" + ", ".join(f'"{name}": {rng.choice(fields[name])}' for name in rng.sample(list(fields), rng.randrange(3))) + "}"


def url_text(rng):
    scheme = rng.choice(SCHEMES)
    slashes = rng.choice(["://"] * 12 + [":", ":/", ":///", "//", ":\\\\", "", ":////"])
    many = rng.random() < 0.6
    user = "" if many else rng.choice(USERS)
    host = rng.choice(["localhost", "example.com", "h"]) if rng.random() < 0.5 else rng.choice(HOSTS)
    port = "" if rng.random() < 0.5 else rng.choice(PORTS)
    path = "" if rng.random() < 0.4 else rng.choice(PATHS)
    around = rng.choice([""] * 20 + [" ", "\n", "\u00a0", "'", '"'])
    return around + scheme + slashes + user + host + port + path + around


def datetime_text(rng):
    return rng.choice(DAYS) + rng.choice(["T"] * 4 + [" ", "t", "_", "  ", "", "-", "T "]) + rng.choice(TIMES)


def ip_text(rng):
    if rng.random() < 0.5:
        return ".".join(rng.choice(["0", "1", "10", "255", "256", "01", ""]) if rng.random() < 0.3 else str(rng.randrange(256)) for _ in range(4)) + rng.choice(["", "/8", "/24", "/32", "/0", "/33", "/255.255.0.0"])
    return ":".join(rng.choice(["0", "1", "ffff", "", "abcd", "12345", "g"]) for _ in range(rng.randrange(2, 10))) + rng.choice(["", "", "/64", "/128", "%x"])


def email_text(rng):
    local = "".join(rng.choice("abcxyz.09+-_!# @\"é") if rng.random() < 0.3 else rng.choice("abcxyz09") for _ in range(rng.randrange(1, 8)))
    domain = ".".join("".join(rng.choice("abc09-_é ") if rng.random() < 0.15 else rng.choice("abc09") for _ in range(rng.randrange(1, 5))) for _ in range(rng.randrange(1, 4)))
    return local + rng.choice(["@"] * 9 + ["", "@@"]) + domain


def number_text(rng):
    return rng.choice(["", "", "", "-", "+", " "]) + "".join(rng.choice("0123456789") for _ in range(rng.randrange(1, 12))) + rng.choice(["", "", ".", "." + "0" * rng.randrange(4), "." + str(rng.randrange(1000)), "e" + str(rng.randrange(-9, 9)), "_" + str(rng.randrange(99))])


OWN = {
    "text": TEXTS, "int": NUMBERS + SPACED + [number_text], "float": NUMBERS + SPACED + [number_text], "bool": BOOLEANS + SPACED, "decimal": NUMBERS + SPACED + [number_text, number_text], "bytesize": SIZES + [number_text], "uuid": UUIDS, "choice": CHOICES,
    "union": CHOICES + BOOLEANS + BROKEN + NUMBERS + [json_text, flat_list, model_text] * 20, "url": [url_text], "email": EMAILS + [email_text] * 20, "ip": IPS + [ip_text] * 20,
    "date": DAYS * 2 + STAMPS + [datetime_text] * 40, "time": TIMES * 2 + STAMPS, "datetime": DAYS + STAMPS + [datetime_text] * 90, "timedelta": SPANS * 2 + STAMPS + TIMES,
    "collection": BROKEN + [flat_list] * 150 + [json_text] * 60, "json": BROKEN + ATOMS + [flat_list] * 60 + [json_text] * 60, "open": ["/etc/hostname", "/etc", "o", "one", "builtins.int", "YQ==", "a(", "A", '{"a": 1}', '{"value": 1, "tags": [{}]}', '{"value": "x"}'] + CHOICES + NUMBERS + DAYS + BROKEN[:20] + [flat_list, json_text, model_text, datetime_text, number_text] * 30,
    "class": CHOICES + NUMBERS + TEXTS + BROKEN + [flat_list, json_text, model_text, number_text] * 40,
    "config": CHOICES + NUMBERS + TEXTS + BROKEN + "RED GREEN DEV LOW null none NULL 2020-01-01 86400 YWI= 6162 a@b.co a,b 1,2".split() + [flat_list, json_text, model_text, configured_text, number_text] * 30,
    "model": BROKEN[:12] + [model_text] * 100 + [json_text] * 20,
}
EVERYTHING = NUMBERS + SPACED + BOOLEANS + TEXTS + UUIDS + CHOICES + SIZES + EMAILS + IPS + DAYS + TIMES + STAMPS + SPANS + ATOMS + BROKEN


def take(rng, pool):
    found = rng.choice(pool)
    return found(rng) if callable(found) else found


def mutate(rng, text):
    at = rng.randrange(len(text) + 1)
    other = rng.choice(" _-+.,:/@%0159aeTZ\t\n\"'[]{}é٣\u00a0")
    return rng.choice([text[:at] + other + text[at:], text[:at] + text[at + 1:], text[:at] + other + text[at + 1:], text + other, text.upper(), text.lower(), text * 2, " " + text, text + " "])


def texts(rng, family, count):
    pool = OWN[family]
    found = {text: None for text in pool if isinstance(text, str)} if count > len(pool) else {}
    for _ in range(count * 4):
        if len(found) >= count:
            break
        kind = rng.random()
        text = take(rng, EVERYTHING) if kind < 0.15 else take(rng, pool)
        if 0.15 <= kind < 0.4:
            text = mutate(rng, text)
        found[text] = None
    return [text for text in found if "\0" not in text]


def error_of(error):
    if isinstance(error, SettingsError) and isinstance(error.__cause__, json.JSONDecodeError):
        return "json_invalid"
    errors = getattr(error, "errors", None)
    return errors()[0]["type"] if callable(errors) else type(error).__name__


def known_imports(head):
    """The imports that work with the installed versions."""

    def kept(match):
        module = sys.modules[match[1]]
        names = [name for name in re.split(r"[\s,]+", match[2].strip(" ()\n")) if name and hasattr(module, name)]
        return f"from {match[1]} import {', '.join(names)}\n" if names else ""

    return re.sub(r"from (pydantic|pydantic_settings) import (\([^)]*\)|[^\n(]+)\n", kept, head)


def is_known(body, namespace):
    """Whether the class can be defined with the installed versions."""
    try:
        exec(compile("class Tried(BaseSettings):\n    " + "\n    ".join(body) + "\n", "tried", "exec"), namespace)
        return True
    except Exception:
        return False


def lines_of(body):
    return re.split(r"(?<! )\|(?! )", body)


def wanted(rng):
    """The bodies of classes, by family."""
    families = {family: FAMILIES[family] + FAMILIES_1.get(family, []) for family in FAMILIES if family not in ("class", "open", "model")} | {"class": FAMILIES_1["class"], "model": ["Inner", "List[Inner]"]} if FIRST else FAMILIES
    for family, annotations in families.items():
        for annotation in annotations:
            yield family, annotation, lines_of(annotation) if family == "class" else [f"x: {annotation}"]
    for annotation in with_configuration_1(rng, 60) if FIRST else with_configuration(rng, 150):
        yield "config", annotation, lines_of(annotation)
    for annotation in with_defaults(rng, 400):
        yield "default", annotation, lines_of(annotation)


def answer(settings):
    try:
        settings()
    except Exception as raised:
        return error_of(raised)
    return None


def main():
    seed, pairs, directory = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    warnings.simplefilter("ignore")
    rng = random.Random(seed)
    head = HEAD_1 if FIRST else known_imports(HEAD)
    sys.modules["tried"] = types.ModuleType("tried")
    namespace = vars(sys.modules["tried"])
    exec(compile(head, "head", "exec"), namespace)
    fields = [field for field in wanted(rng) if is_known(field[2], namespace)]
    classes = [f"class C{at}(BaseSettings):\n    " + "\n    ".join(body) + "\n" for at, (_, _, body) in enumerate(fields)]
    (directory / "settings.py").write_text(head + "\n\n".join(classes))
    (directory / "pyproject.toml").write_text("[project]\nname = 'values'\n")
    packages = [(name, version(name)) for name in ("pydantic", "pydantic-settings")[: 1 if FIRST else 2]]
    lock = "".join(f'[[package]]\nname = "{name}"\nversion = "{pinned}"\nsource = {{ registry = "https://pypi.org/simple" }}\n\n' for name, pinned in packages)
    (directory / "uv.lock").write_text("version = 1\nrevision = 3\n\n" + lock)
    spec = importlib.util.spec_from_file_location("settings", directory / "settings.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["settings"] = module
    spec.loader.exec_module(module)
    os.environ.clear()
    share = pairs // sum(family != "default" for family, _, _ in fields)
    with (directory / "pairs.jsonl").open("w") as out:
        for at, (family, annotation, _) in enumerate(fields):
            settings = getattr(module, f"C{at}")
            for text in [None] if family == "default" else texts(rng, family, share):
                if text is None:
                    os.environ.pop("X", None), os.environ.pop("x", None)
                else:
                    os.environ["X"] = os.environ["x"] = text
                error = answer(settings)
                line = {"family": family, "annotation": annotation, "class": f"C{at}", "text": text, "accepted": error is None, "error": error}
                out.write(json.dumps(line) + "\n")


main()
