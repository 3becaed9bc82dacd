from functools import cached_property
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    token: str

class Container:
    @cached_property
    def settings(self) -> Settings:
        return Settings()
