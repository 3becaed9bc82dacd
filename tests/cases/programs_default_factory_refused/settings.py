from pydantic import Field
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    tags: list[int] = Field(default_factory=list)
    name: str = Field(default_factory=lambda: None)
