from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass as own_dataclass
from pydantic_settings import BaseSettings, SettingsConfigDict


@dataclass
class Part:
    limit: int
    account: str = ""


@own_dataclass
class OwnPart:
    limit: int
    account: str = ""


class Plain(BaseModel):
    limit: int
    account: int = "x"


class Checked(BaseModel):
    model_config = ConfigDict(validate_default=True)
    limit: int
    account: int = "x"


class ByField(BaseModel):
    limit: int
    account: int = Field("x", validate_default=True)


class Base(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", str_min_length=1)


class WithPart(Base):
    part: Part


class WithParts(Base):
    parts: list[Part] = []


class Loose(Base):
    model_config = SettingsConfigDict(validate_default=False)
    loose: Part


class WithOwn(Base):
    own: OwnPart


class WithPlain(Base):
    plain: Plain


class WithChecked(Base):
    checked: Checked


class ByFields(Base):
    by_field: ByField
