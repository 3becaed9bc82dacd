"""Names of nested fields that have upper-case letters: which of them get their own case back depends on the type of the field."""
from dataclasses import dataclass
from typing import Annotated, Optional, Union
from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass as pdc
from pydantic_settings import BaseSettings, SettingsConfigDict


class A(BaseModel):
    userName: int = 1
    plain: int = 2


class B(BaseModel):
    otherName: int = 1
    plain: int = 2


@pdc
class D:
    userName: int = 1


@dataclass
class S:
    userName: int = 1


class Inner(BaseModel):
    x: A = A()
    y: A | None = None
    z: None | A = None
    u: A | B = A()
    v: A | B | None = A()
    w: Annotated[A, 'note'] = A()
    d: D = D()
    s: S = S()
    o: Optional[D] = None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter='__')
    a: A = A()
    b: A | None = None
    c: None | A = None
    d: A | B = A()
    e: A | B | None = None
    f: Annotated[A, Field(description='x')] = A()
    f2: Annotated[A, 'note'] | None = None
    f3: Annotated[Optional[A], 'note'] = None
    g: D = D()
    h: Optional[D] = None
    s: S = S()
    i: Inner = Inner()
    j: Inner | None = None
    k: None | Inner = None
