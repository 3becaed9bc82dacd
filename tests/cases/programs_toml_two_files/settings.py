from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource

class Settings(BaseSettings):
    model_config = SettingsConfigDict(toml_file=["a.toml", "b.toml"])
    name: str
    level: int

    @classmethod
    def settings_customise_sources(cls, settings_cls, **sources):
        return (TomlConfigSettingsSource(settings_cls),)
