from typing import Literal
from pydantic_settings import BaseSettings

class Wide(BaseSettings):
    level: str = "trace"

class Settings(Wide):
    level: Literal["info", "debug"] = "trace"

class Fine(Wide):
    level: Literal["info", "trace"] = "trace"
