import os

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def made() -> str:
    return "a"


class Settings(BaseSettings):
    made: str = Field(default_factory=made)
    listed: list[str] = Field(default_factory=list)
    home: str = os.path.expanduser("~")
