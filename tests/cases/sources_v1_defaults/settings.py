from typing import List, Optional

from pydantic import BaseSettings, Field, HttpUrl, SecretStr


class Settings(BaseSettings):
    none: str = None
    number: str = 5
    words: List[str] = [1]
    pair: List[int] = (1, 2)
    empty: SecretStr = ""
    maybe: Optional[HttpUrl] = None
    truth: bool = "on"


class Refused(BaseSettings):
    port: int = Field(0, ge=1)


class Kept(BaseSettings):
    kept: int = "x"

    class Config:
        validate_all = False
