from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(alias_generator=to_camel, env_prefix="app_")
    log_level: str
    max_size: int = 3
