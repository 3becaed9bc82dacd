from pydantic_settings import BaseSettings, PydanticBaseSettingsSource


class VaultSource(PydanticBaseSettingsSource):
    def get_field_value(self, field, field_name):
        return ("v", field_name, False) if field_name == "secret" else (None, field_name, False)

    def __call__(self):
        return {"secret": "v"}


class Settings(BaseSettings):
    secret: str
    level: str = "info"

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, VaultSource(settings_cls), env_settings
