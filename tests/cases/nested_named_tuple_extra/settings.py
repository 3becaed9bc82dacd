from typing import NamedTuple, Optional

from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict


class Point(NamedTuple):
    x: int
    y: int = 0


class Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")
    at: Point


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    at: Optional[Point] = None
    loose: Optional[Loose] = None
