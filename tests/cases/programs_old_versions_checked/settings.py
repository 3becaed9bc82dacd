from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Db(BaseModel):
    port: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    port: int
    tags: list[str] = []
    db: Db
