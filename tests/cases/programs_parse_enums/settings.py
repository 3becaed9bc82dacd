from enum import Enum, IntEnum
from pydantic_settings import BaseSettings, SettingsConfigDict

class Level(IntEnum):
    LOW = 1
    HIGH = 2

class Color(str, Enum):
    RED = "red"

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_parse_enums=True)
    level: Level = Level.LOW
    color: Color = Color.RED
