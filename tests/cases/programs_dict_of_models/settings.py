from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Host(BaseModel):
    name: str = "n"
    port: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    hosts: dict[str, Host] = {}
    sizes: dict[str, int] = {}
