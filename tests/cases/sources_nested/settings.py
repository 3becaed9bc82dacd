from typing import Optional

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource


class Pool(BaseModel):
    size: int
    timeout: float = 1.0


class Db(BaseModel):
    host: str = Field(alias="hostName")
    pool: Pool


class Settings(BaseSettings):
    model_config = SettingsConfigDict(toml_file="config.toml", env_nested_delimiter="__")
    db: Db
    cache: Optional[Pool] = None
    hosts: list[Pool]

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, TomlConfigSettingsSource(settings_cls)
