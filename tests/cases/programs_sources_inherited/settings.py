from pydantic_settings import BaseSettings, JsonConfigSettingsSource, SettingsConfigDict

class FromJson(BaseSettings):
    model_config = SettingsConfigDict(json_file="app.json")

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, env_settings, JsonConfigSettingsSource(settings_cls)

class Settings(FromJson):
    level: str
    token: str
