from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    mended: str = None
    broken: str = None

    @field_validator("mended", mode="before")
    @classmethod
    def _mend(cls, value):
        return value or "a"

    @field_validator("broken")
    @classmethod
    def _check(cls, value):
        return value
