from pathlib import Path
import json
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    name: str
    surname: str

def load_settings(path: Path) -> Settings:
    return Settings(**json.loads(path.read_text()))
