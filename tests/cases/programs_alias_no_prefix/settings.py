from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")
    name: str = Field(validation_alias=AliasChoices("NAME", "APP_OTHER"))
    port: int
