from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import json
from pathlib import Path

class A(BaseSettings):
    one: str

    @classmethod
    def from_file(cls, path: str) -> "A":
        data = json.loads(Path(path).read_text())
        return cls(**data)

class B(BaseSettings):
    two: str

def load(path: str) -> B:
    return B(**json.loads(Path(path).read_text()))
