from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Nested(BaseModel):
    A: str
    B: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", case_sensitive=False, extra="forbid")
    not_nested: str
    nested: Nested | None = None
