from pathlib import Path
from pydantic_settings import BaseSettings, YamlConfigSettingsSource

class Settings(BaseSettings):
    port: int
    token: str

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, env_settings, YamlConfigSettingsSource(settings_cls, yaml_file=Path("config.yaml"))
