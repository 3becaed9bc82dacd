from typing import Optional
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Cache(BaseModel):
    url: str
    ttl: int = 60

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    cache: Optional[Cache] = None
