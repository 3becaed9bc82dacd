from pydantic import AliasPath, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class One(BaseSettings):
    one: int = Field(1, validation_alias=AliasPath("ONE", "inner"))


class Two(BaseSettings):
    first: int = Field(1, validation_alias=AliasPath("TWO", 0))
    second: int = Field(1, validation_alias=AliasPath("TWO", 1))


class Ignores(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore")
    ignores: int = Field(1, validation_alias=AliasPath("IGNORES", "inner"))


class Named(BaseSettings):
    model_config = SettingsConfigDict(populate_by_name=True)
    named: int = Field(1, validation_alias=AliasPath("NAMED_X", "inner"))
