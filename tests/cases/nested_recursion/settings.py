from typing import Optional
from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Node(BaseModel):
    size: int = 0
    name: str = "n"
    next: Optional["Node"] = None

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    tree: Node = Node()
