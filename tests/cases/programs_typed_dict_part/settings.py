from typing import NotRequired, TypedDict
from pydantic_settings import BaseSettings, SettingsConfigDict

class Opts(TypedDict):
    size: int
    name: NotRequired[str]

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    opts: Opts
