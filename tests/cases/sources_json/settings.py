import os

from pydantic_settings import BaseSettings, JsonConfigSettingsSource, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="J_", json_file_encoding="latin-1")
    city: str
    count: int = 1
    absent: str

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data.json")
        return (init_settings, JsonConfigSettingsSource(settings_cls, json_file=path), env_settings)
