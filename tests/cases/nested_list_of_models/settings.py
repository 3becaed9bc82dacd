from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Item(BaseModel):
    port: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    items: list[Item] = []
