from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from functools import cache, lru_cache

class One(BaseSettings):
    a: str

class Two(BaseSettings):
    b: str

class Three(BaseSettings):
    c: str

@lru_cache
def one() -> One:
    return One()

@lru_cache(maxsize=1)
def two() -> Two:
    return Two()

three = cache(Three)
