from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import os

class A(BaseSettings):
    one: str

class B(BaseSettings):
    two: str

def make(**overrides) -> A:
    return A(**overrides)

def other() -> B:
    options = {}
    if "ENV_FILE" in os.environ:
        options["_env_file"] = os.environ.get("ENV_FILE")
    return B(**options)
