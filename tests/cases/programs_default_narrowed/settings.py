from typing import Literal
from pydantic_settings import BaseSettings, SettingsConfigDict

class Wide(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="W_")
    level: str = "trace"

class Settings(Wide):
    model_config = SettingsConfigDict(env_prefix="S_")
    level: Literal["info", "debug"] = "trace"

class Fine(Wide):
    model_config = SettingsConfigDict(env_prefix="F_")
    level: Literal["info", "trace"] = "trace"
