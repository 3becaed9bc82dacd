"""A factory in `Annotated` and a plain default: from pydantic 2.12 on such a class cannot be made."""
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings


def made() -> str:
    return "made"


class Plain:
    user: str = "plain"


class Assigned(BaseSettings):
    user: Annotated[str, Field(default_factory=made)] = "assigned"


class Inherited(Plain, BaseSettings):
    user: Annotated[str, Field(default_factory=made)]
