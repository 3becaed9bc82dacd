from pydantic_settings import BaseSettings, SettingsConfigDict
from typing_extensions import TypedDict

class Base_(TypedDict):
    host: str

class More(Base_, total=False):
    port: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    at: More
