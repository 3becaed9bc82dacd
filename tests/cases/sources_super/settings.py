from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource


class Base(BaseSettings):
    model_config = SettingsConfigDict(toml_file="base.toml")

    @classmethod
    def settings_customise_sources(cls, settings_cls, *args, **kwargs):
        return super().settings_customise_sources(settings_cls, *args, **kwargs) + (TomlConfigSettingsSource(settings_cls),)


class App(Base):
    model_config = SettingsConfigDict(env_prefix="APP_", toml_file="app.toml")
    name: str
    other: str

    @classmethod
    def settings_customise_sources(cls, settings_cls, *args, **kwargs):
        sources = list(super().settings_customise_sources(settings_cls, *args, **kwargs))
        sources.append(TomlConfigSettingsSource(settings_cls, "base.toml"))
        return tuple(sources)
