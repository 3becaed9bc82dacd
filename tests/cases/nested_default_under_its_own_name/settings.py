from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Log(BaseModel):
    level: str = "info"
    port: int = 1


class Forbids(BaseSettings):
    """Never starts: the default is passed as `log`, which is none of its names."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)
    log: Log = Field(Log(), validation_alias=AliasChoices("LOGGING", "LOGS"))


class Ignores(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True, extra="ignore")
    log: Log = Field(Log(), validation_alias=AliasChoices("LOGGING", "LOGS"))


class ByName(BaseSettings):
    model_config = SettingsConfigDict(
        env_nested_delimiter="__", nested_model_default_partial_update=True, populate_by_name=True
    )
    log: Log = Field(Log(), validation_alias=AliasChoices("LOGGING", "LOGS"))


class Aliased(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)
    log: Log = Field(Log(), alias="LOGGING")


class NoIdentifier(BaseSettings):
    """Never starts either: `my-log` cannot be a name in a signature."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)
    log: Log = Field(Log(), alias="my-log")
