from typing import Annotated

from pydantic import BeforeValidator, field_validator
from pydantic_settings import BaseSettings, NoDecode


def commas(value):
    return value.split(",") if isinstance(value, str) else value


class Settings(BaseSettings):
    hosts: list[str] = []
    marked: Annotated[list[str], BeforeValidator(commas)] = []
    left: Annotated[list[str], NoDecode, BeforeValidator(commas)] = []
    pairs: dict[str, int] = {}

    @field_validator("hosts", "pairs", mode="before")
    @classmethod
    def _commas(cls, value):
        return commas(value)
