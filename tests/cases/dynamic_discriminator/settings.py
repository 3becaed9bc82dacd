from dataclasses import field, make_dataclass
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, Discriminator, Field, Tag
from pydantic_settings import BaseSettings, SettingsConfigDict


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool = True


def kind_of(value: Any) -> str:
    return value.get("kind", "dog") if isinstance(value, dict) else value.kind


Size = make_dataclass("Size", [("width", int), ("height", int, 3), ("tags", list, field(default_factory=list))])


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    pet: Union[Cat, Dog] = Field(discriminator="kind")
    other: Annotated[Union[Annotated[Cat, Tag("cat")], Annotated[Dog, Tag("dog")]], Discriminator(kind_of)]
    size: Size
