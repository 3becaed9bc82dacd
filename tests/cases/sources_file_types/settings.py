from typing import Literal

from pydantic import Field, HttpUrl, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, YamlConfigSettingsSource


class Settings(BaseSettings):
    model_config = SettingsConfigDict(yaml_file="app.yaml")
    port: int = Field(1, ge=1)
    url: HttpUrl
    mode: Literal["a", "b"]
    level: int
    title: str
    ratio: float
    flag: bool
    year: str
    own: int

    @field_validator("own", mode="before")
    @classmethod
    def read(cls, value):
        return len(value)

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, YamlConfigSettingsSource(settings_cls)
