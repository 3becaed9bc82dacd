from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource, YamlConfigSettingsSource


class Db(BaseModel):
    host: str
    port: int
    password: str


class Shallow(BaseSettings):
    model_config = SettingsConfigDict(toml_file=["one.toml", "two.toml"], env_nested_delimiter="__", env_prefix="S_")
    db: Db

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, TomlConfigSettingsSource(settings_cls)


class Deep(BaseSettings):
    model_config = SettingsConfigDict(toml_file=["one.toml", "two.toml"], env_nested_delimiter="__", env_prefix="D_")
    db: Db

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, TomlConfigSettingsSource(settings_cls, deep_merge=True)


class Across(BaseSettings):
    model_config = SettingsConfigDict(toml_file="one.toml", yaml_file="three.yaml", env_nested_delimiter="__", env_prefix="A_")
    db: Db

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, TomlConfigSettingsSource(settings_cls), YamlConfigSettingsSource(settings_cls)
