from typing import Dict, List, Optional

from pydantic import BaseModel, BaseSettings, Field, SecretStr, validator


class Pool(BaseModel):
    size: int = 1
    note: Optional[str]


class Aliased(BaseModel):
    port: int = Field(1, alias="thePort")


class Upper(BaseModel):
    Port: int = 1


class Judged(BaseModel):
    port: int = 1

    @validator("port", pre=True, allow_reuse=True)
    def read(cls, value):
        return 1


class Root(BaseModel):
    __root__: List[int] = []


class Settings(BaseSettings):
    pool: Pool = Pool()
    aliased: Aliased = Aliased()
    upper: Upper = Upper()
    judged: Judged = Judged()
    root: Root = Root()
    pools: List[Pool] = []
    maybe: Optional[Pool] = None

    class Config:
        env_nested_delimiter = "__"
