from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Db(BaseModel):
    port: int = 1
    host: str

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", env_ignore_empty=True)
    db: Db
