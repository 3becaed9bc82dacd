from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Db(BaseModel):
    Host: str
    port: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", case_sensitive=True)
    db: Db
