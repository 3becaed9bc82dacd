from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(populate_by_name=True)
    token: SecretStr = Field(validation_alias="TOKEN_KEY")
    port: int
