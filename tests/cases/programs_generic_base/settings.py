from typing import Generic, TypeVar
from pydantic_settings import BaseSettings, SettingsConfigDict

T = TypeVar("T")

class Base(BaseSettings, Generic[T]):
    item: T

class Settings(Base[int]):
    model_config = SettingsConfigDict(env_prefix="A_")
