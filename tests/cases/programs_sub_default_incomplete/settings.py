from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Nested(BaseModel):
    v0: bool
    v1: bool

class Settings(BaseSettings, env_nested_delimiter="__"):
    nested: Nested = Nested(v0=False, v1=True)
