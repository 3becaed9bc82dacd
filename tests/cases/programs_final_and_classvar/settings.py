from typing import ClassVar, Final
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    version: Final[int]
    fixed: Final = 3
    also: ClassVar[str] = "x"
    name: str = "n"
