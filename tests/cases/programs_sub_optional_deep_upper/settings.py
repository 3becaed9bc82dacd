from typing import Optional
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Leaf(BaseModel):
    Name: str

class Middle(BaseModel):
    leaf: Optional[Leaf] = None
    size: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    config: Middle
