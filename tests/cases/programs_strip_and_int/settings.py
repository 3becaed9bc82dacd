from typing import Literal
from pydantic import HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(str_strip_whitespace=True, str_max_length=5)
    port: int = 1
    url: HttpUrl = "http://h"
    level: Literal["a", "b"] = "a"
    name: str = "n"
