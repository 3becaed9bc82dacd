from typing import Any

from pydantic import field_validator
from pydantic_settings import BaseSettings


class Base(BaseSettings):
    @field_validator("*", mode="before")
    @classmethod
    def split(cls, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value


class Nothing(Base):
    nothing: list[str] = None


class Text(Base):
    text: list[str] = "a,b"


class Number(Base):
    number: list[str] = 1


class Doubled(BaseSettings):
    doubled: int = "21"

    @field_validator("doubled", mode="before")
    @classmethod
    def double(cls, value):
        if value is None:
            return 0
        return value + value


class Zero(BaseSettings):
    zero: int = None

    @field_validator("zero", mode="before")
    @classmethod
    def double(cls, value):
        if value is None:
            return 0
        return value + value


class Worse(BaseSettings):
    worse: int = 1

    @field_validator("worse", mode="before")
    @classmethod
    def spoil(cls, value):
        return f"number {value}"
