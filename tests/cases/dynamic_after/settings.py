import os

from pydantic_settings import BaseSettings, SettingsConfigDict


class Item(BaseSettings, env_prefix="OLD_"):
    name: str


Item.model_config["env_prefix"] = "NEW_"


class Updated(BaseSettings):
    name: str


Updated.model_config.update(env_prefix="U_", case_sensitive=True)


class Replaced(BaseSettings):
    name: str


Replaced.model_config = SettingsConfigDict(env_prefix="R_")


class Child(Item):
    age: int
