from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Worker(BaseSettings):
    url: str
    token: SecretStr

class Sink(BaseModel):
    path: str

class Settings(BaseSettings):
    name: str
    workers: list[Worker] = []
    by_name: dict[str, Worker] = {}
    backup: Worker | None = None
    later: "Worker | None" = None
