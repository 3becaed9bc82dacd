from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Deep(BaseModel):
    v4: int

class Sub(BaseModel):
    v1: str
    v3: int = 3
    deep: Deep

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    v0: str = "0"
    sub: Sub
