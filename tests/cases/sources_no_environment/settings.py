from pydantic_settings import BaseSettings, JsonConfigSettingsSource


class Settings(BaseSettings):
    name: str
    level: str = "warn"

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, JsonConfigSettingsSource(settings_cls, "settings.json")


class Other(BaseSettings):
    level: str
