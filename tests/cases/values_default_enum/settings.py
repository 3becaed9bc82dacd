from enum import Enum

from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(str, Enum):
    dev = "dev"


class Settings(BaseSettings):
    good: Mode = Mode.dev
    text: Mode = "dev"
    bad: Mode = "local"
