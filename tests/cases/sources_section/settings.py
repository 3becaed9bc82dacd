from pydantic_settings import BaseSettings, PyprojectTomlConfigSettingsSource, SettingsConfigDict, TomlConfigSettingsSource, YamlConfigSettingsSource


class Yaml(BaseSettings):
    model_config = SettingsConfigDict(yaml_file="all.yaml", yaml_config_section="services.web.api", env_prefix="Y_")
    port: int

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, YamlConfigSettingsSource(settings_cls)


class Toml(BaseSettings):
    model_config = SettingsConfigDict(toml_file="all.toml", toml_table_header=("services", "web"), env_prefix="T_")
    port: int
    host: str

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, TomlConfigSettingsSource(settings_cls)


class Pyproject(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="P_")
    width: int
    height: int

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return env_settings, PyprojectTomlConfigSettingsSource(settings_cls)
