from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Deep(BaseModel):
    var1: str

class Nested(BaseModel):
    deep: Deep

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TEST_", env_nested_delimiter="_")
    nested: Nested | None = None
