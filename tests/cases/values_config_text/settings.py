from typing import Annotated

from pydantic import SecretStr, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(str_strip_whitespace=True, str_min_length=2, str_max_length=4)
    name: str = "abc"
    own: Annotated[str, StringConstraints(min_length=1)] = "a"
    key: SecretStr = SecretStr("abc")
    tags: list[str] = []
