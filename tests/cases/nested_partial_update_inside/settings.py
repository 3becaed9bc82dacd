from dataclasses import dataclass

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class App(BaseModel):
    name: str
    level: int = 0


class Db(BaseModel):
    port: int = 1
    app: App | None = None
    other: App = App(name="other")
    opts: dict[str, int] = {"a": 1}


class Aliased(BaseModel):
    name: str = Field(alias="title")
    port: int = 1


@dataclass
class Plain:
    name: str
    port: int = 1


class Inside(BaseSettings):
    """What the default leaves out is needed where a variable begins it; what it has is there."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)
    db: Db = Db()


class Given(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)
    store: Db = Db(app=App(name="app"))


class ByAlias(BaseSettings):
    """The default is passed by names, and `name` is read as `title` only."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)
    part: Aliased = Aliased(title="x")


class OfDataclass(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)
    plain: Plain = Plain(name="x")
