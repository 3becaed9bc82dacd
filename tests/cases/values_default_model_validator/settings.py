from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    url: str = None

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values):
        values.setdefault("url", "a")
        return values
