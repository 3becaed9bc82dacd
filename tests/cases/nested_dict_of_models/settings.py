from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Host(BaseModel):
    port: int
    name: str = "n"

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    hosts: dict[str, Host] = {}
