from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

class Db(BaseModel):
    host: str
    password: SecretStr

class Settings(BaseSettings):
    model_config = SettingsConfigDict(toml_file="conf/app.toml", env_nested_delimiter="__")
    db: Db

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
