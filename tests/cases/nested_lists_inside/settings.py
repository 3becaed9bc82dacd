from dataclasses import dataclass
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

@dataclass
class Plain:
    tags: list[str]
    name: str = "n"

class Db(BaseModel):
    tags: list[str]

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    db: Db
    plain: Plain | None = None
