from enum import Enum
from typing import Optional

from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(str, Enum):
    dev = "dev"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(strict=True)
    port: int = 1
    mode: Mode = Mode.dev
    ratio: float = 1.5
    ports: list[int] = []
    pair: tuple[int, int] = (1, 2)
    maybe: Optional[bool] = None
