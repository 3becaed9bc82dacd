from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict, YamlConfigSettingsSource

HERE = Path(__file__).resolve().parent


class Settings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", yaml_file=[HERE / "conf" / "base.yaml", "conf/local.yml", "conf/absent.yaml"])
    host: str
    port: int
    empty: str
    token: str

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, YamlConfigSettingsSource(settings_cls)
