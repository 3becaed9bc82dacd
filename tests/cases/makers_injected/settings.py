from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from typing import Annotated

from fastapi import Depends

class A(BaseSettings):
    one: str

class B(BaseSettings):
    two: str

class C(BaseSettings):
    three: str

class D(A):
    one: str = ""

def get_c() -> C:
    return C()

def page(
    a: A = Depends(A),
    b: Annotated[B, Depends()] = None,
    c: Annotated[C, Depends(get_c)] = None,
    d: D | None = None,
) -> None: ...
