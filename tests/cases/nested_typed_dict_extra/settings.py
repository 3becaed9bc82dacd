from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict
from typing_extensions import NotRequired, TypedDict


class Pool(TypedDict):
    size: NotRequired[int]


class Db(BaseModel):
    pool: Pool = {}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    pool: Pool = {}
    db: Db = Db()
