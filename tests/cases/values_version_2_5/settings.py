from typing import Literal, Optional

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    port: int = Field(1, ge=1, le=65535)
    ratio: float = 1.0
    stage: Literal["dev", "prod"] = "dev"
    debug: bool = False
    key: SecretStr = SecretStr("x")
    hosts: list[str] = []
    token: Optional[str] = None
    needed: str = None
