from typing import Optional, Union

from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict


class Pool(BaseModel):
    size: int
    tags: dict[str, int] = {}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    pool: Union[Pool, str]
    spare: Optional[Pool] = None
