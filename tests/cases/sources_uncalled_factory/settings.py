import os

from pydantic_settings import BaseSettings, SettingsConfigDict


class Db(BaseSettings):
    url: str


class Named(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=os.environ.get("PREFIX", ""))
    token: str = "t"


def database(prefix: str) -> Db:
    return Db(_env_prefix=prefix)
