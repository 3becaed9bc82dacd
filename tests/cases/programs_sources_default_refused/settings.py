from pydantic import Json
from pydantic_settings import BaseSettings, JsonConfigSettingsSource, SettingsConfigDict


class Given(BaseSettings):
    model_config = SettingsConfigDict(json_file="given.json")
    data: Json = {}

    @classmethod
    def settings_customise_sources(cls, settings_cls, **sources):
        return (JsonConfigSettingsSource(settings_cls),)


class Settings(Given):
    model_config = SettingsConfigDict(json_file="other.json")
