from enum import Enum
from typing import Optional

from pydantic_settings import BaseSettings, SettingsConfigDict


class Colour(Enum):
    RED = 1
    BLUE = "blue"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_parse_enums=True, env_parse_none_str="null")
    colour: Colour = Colour.RED
    maybe: Optional[int] = None
    number: int = 1
