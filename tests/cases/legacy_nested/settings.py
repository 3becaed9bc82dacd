from typing import Any, Dict, List, Optional

from pydantic import BaseModel, BaseSettings, Field, Json


class Pool(BaseModel):
    size: int
    Up: int = 1


class Db(BaseModel):
    host: str = Field(..., alias="hostname")
    ports: List[int] = []
    pool: Optional[Pool]
    data: Json
    anything: Any

    class Config:
        allow_population_by_field_name = True


class Closed(BaseModel):
    a: int = 1

    class Config:
        extra = "forbid"


class Settings(BaseSettings):
    db: Db
    pools: Dict[str, Pool] = {}
    closed: Optional[Closed] = None

    class Config:
        env_nested_delimiter = "__"
