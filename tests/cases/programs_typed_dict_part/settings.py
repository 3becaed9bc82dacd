from pydantic_settings import BaseSettings, SettingsConfigDict
from typing_extensions import NotRequired, TypedDict

class Opts(TypedDict):
    size: int
    name: NotRequired[str]

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    opts: Opts
