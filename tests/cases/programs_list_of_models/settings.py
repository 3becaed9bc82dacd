from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Server(BaseModel):
    host: str
    port: int = 80

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    servers: list[Server]
