from typing import Annotated, ClassVar, Final, Optional

from pydantic import Field
from pydantic_settings import BaseSettings


class Mixin:
    of_mixin: Final[int] = 4


class Base(Mixin, BaseSettings):
    fixed: Final[int] = 4
    bare: Final = 4
    with_field: Final[int] = Field(4)
    by_factory: Final[list] = Field(default_factory=list)
    none: Final[Optional[int]] = None
    open: Final[int]
    open_field: Final[int] = Field(gt=0)
    open_bare: Final
    inner: Annotated[Final[int], Field(gt=0)] = 4
    in_annotation: Final[Annotated[int, Field(default_factory=int)]]
    limit: ClassVar[int] = 3


class Child(Base):
    fixed: int = 3
    own: str
