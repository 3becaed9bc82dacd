from pydantic import AliasChoices, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Db(BaseModel):
    key: SecretStr = Field(alias="API_KEY")
    host: str = Field("h", validation_alias=AliasChoices("hostname", "HOST"))

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    db: Db
