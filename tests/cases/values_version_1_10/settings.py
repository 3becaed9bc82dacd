from typing import List, Literal, Optional

from pydantic import BaseSettings, Field, SecretStr, validator


class Settings(BaseSettings):
    port: int = Field(1, ge=1, le=65535)
    stage: Literal["dev", "prod"] = "dev"
    debug: bool = False
    key: SecretStr = SecretStr("x")
    hosts: List[str] = []
    checked: Optional[List[str]] = None
    needed: str
    none: str = None

    @validator("checked", pre=True)
    def _commas(cls, value):
        return value.split(",") if isinstance(value, str) else value
