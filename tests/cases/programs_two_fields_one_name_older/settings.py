from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict


class Log(BaseModel):
    route: str = "a"


class StrictLog(BaseModel):
    model_config = ConfigDict(extra="forbid")
    route: str = "a"


class NeededLog(BaseModel):
    route: str


class Loose(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LOOSE_", env_nested_delimiter="_")
    log_level: str
    log: Log


class Tight(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TIGHT_", env_nested_delimiter="_")
    log_level: str
    log: StrictLog = StrictLog()


class Needed(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="NEEDED_", env_nested_delimiter="_")
    log_level: str = "x"
    log: NeededLog = NeededLog(route="b")


class Many(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MANY_", env_nested_delimiter="_")
    log_level: str = "x"
    log: list[Log] = []
