from typing import Optional
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

class Provider(BaseSettings):
    api_key: SecretStr
    base_url: str

class Worker(BaseSettings):
    queue: str

class Proxy(BaseSettings):
    proxy_url: str

class Settings(BaseSettings):
    name: str
    providers: list[Provider] = Field(default_factory=list)
    workers: dict[str, Worker] = {}
    proxy: Optional[Proxy] = None
