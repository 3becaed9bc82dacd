from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pydantic import TypeAdapter

class A(BaseSettings):
    one: str

class B(BaseSettings):
    two: str

class C(BaseSettings):
    three: str

class D(BaseSettings):
    kept: str

def read(text: str) -> A:
    return A.model_validate_json(text)

def bare() -> B:
    return B.model_construct(two="2")

ALL = TypeAdapter(list[C])
