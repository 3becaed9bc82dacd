from typing import Union

from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict


class Host(BaseModel):
    port: int
    tags: list[str] = []


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    hosts: dict[str, Host] = {}
    limits: dict[str, Union[int, list[int]]] = {}
