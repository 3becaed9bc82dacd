from pydantic_settings import BaseSettings, JsonConfigSettingsSource, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(json_file="app.json")
    level: int

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, env_settings, JsonConfigSettingsSource(settings_cls)
