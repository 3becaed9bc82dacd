from typing import Any, Literal
from uuid import UUID

from pydantic import HttpUrl, Json, PostgresDsn
from pydantic_settings import BaseSettings, SettingsConfigDict


class Site(BaseSettings):
    site: HttpUrl = "ftp://example.com"


class Dsn(BaseSettings):
    dsn: PostgresDsn = "sqlite://"


class Pair(BaseSettings):
    pair: tuple[int, str] = (1,)


class StrictPair(BaseSettings):
    model_config = SettingsConfigDict(strict=True)
    strict_pair: tuple[int, str] = (1,)


class Data(BaseSettings):
    data: Json = {}


class Sizes(BaseSettings):
    sizes: set[int] = 1


class Limits(BaseSettings):
    limits: dict[str, int] = {"a": "x"}


class Mode(BaseSettings):
    mode: Literal["dev", "prod"] = None


class Key(BaseSettings):
    key: UUID = "x"


class StrictKey(BaseSettings):
    model_config = SettingsConfigDict(strict=True)
    strict_key: UUID = "12345678-1234-5678-1234-567812345678"


class StrictKeys(BaseSettings):
    model_config = SettingsConfigDict(strict=True)
    strict_keys: list[UUID] = ["12345678-1234-5678-1234-567812345678"]


class Fine(BaseSettings):
    fine_site: HttpUrl = "http://example.com/"
    fine_dsn: PostgresDsn = "postgresql://u:p@h/d"
    fine_pair: tuple[int, str] = (1, "a")
    fine_data: Json = '{"a": 1}'
    fine_sizes: set[int] = {1}
    fine_limits: dict[str, int] = {"a": "1"}
    fine_key: UUID = "12345678-1234-5678-1234-567812345678"
    fine_any: Any = None
