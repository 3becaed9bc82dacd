from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class CommaSource(EnvSettingsSource):
    def prepare_field_value(self, field_name, field, value, value_is_complex):
        if field_name == "hosts" and isinstance(value, str):
            return value.split(",")
        return super().prepare_field_value(field_name, field, value, value_is_complex)


class ConfigSource(TomlConfigSettingsSource):
    pass


class Settings(BaseSettings):
    model_config = SettingsConfigDict(toml_file="config.toml")
    hosts: list[str]
    name: str

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, CommaSource(settings_cls), ConfigSource(settings_cls)
