from dataclasses import dataclass, field
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    token: str

@dataclass
class Context:
    settings: Settings = field(default_factory=Settings)
