from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from typing import TypeVar

T = TypeVar("T", bound=BaseSettings)

class Base(BaseSettings):
    pass

class A(Base):
    one: str

class B(Base):
    two: str

class C(B):
    two: str = "2"

def load(settings_class: type[T]) -> T:
    return settings_class()

def describe(settings_class: type[BaseSettings]) -> list[str]:
    return list(settings_class.model_fields)
