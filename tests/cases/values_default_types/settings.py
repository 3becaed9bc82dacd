from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    number_for_text: str = 8000
    text_for_number: int = "8000"
    secret: SecretStr = SecretStr("x")
    plain_secret: SecretStr = "x"
    path: Path = "/tmp"
    path_for_text: str = Path("/tmp")
    flag: bool = 1
