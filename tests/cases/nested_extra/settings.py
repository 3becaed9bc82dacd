from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict

class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int = 1

class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    strict: Strict = Strict()
    open: Open = Open()
