from pydantic import BaseModel
from pydantic_settings import BaseSettings, JsonConfigSettingsSource, SettingsConfigDict


class Pool(BaseModel):
    size: int
    name: str


class Db(BaseModel):
    host: str
    password: str
    pool: Pool


class Settings(BaseSettings):
    model_config = SettingsConfigDict(json_file="app.json", env_nested_delimiter="__")
    db: Db

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, JsonConfigSettingsSource(settings_cls)
