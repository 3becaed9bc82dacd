from pydantic import AliasPath, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

class Db(BaseModel):
    first: int = Field(validation_alias=AliasPath("ports", 0))
    name: str = "n"

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    db: Db
