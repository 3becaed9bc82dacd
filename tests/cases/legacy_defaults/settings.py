from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Dict, List, Literal, Optional, Set, Tuple
from uuid import UUID

from pydantic import BaseSettings, Field, HttpUrl, Json, PostgresDsn, SecretStr


class Refused(BaseSettings):
    short: str = Field("a", min_length=2)
    marked: Annotated[str, Field(min_length=2)] = "a"
    matched: str = Field("xyz", regex="^a")
    few: List[int] = Field([], min_items=1)
    each: List[int] = Field([0], gt=0)
    choice: Literal[1, 2] = 3
    pair: Tuple[int, str] = (1,)
    day: date = "x"
    span: timedelta = "x"
    number: Decimal = "x"
    key: UUID = "x"
    site: HttpUrl = "http://localhost"
    store: PostgresDsn = "postgresql://h/d"
    many: Set[int] = 1
    data: Json = "{"
    made: str = Field(default_factory=lambda: None)


class Accepted(BaseSettings):
    number: int = 1.5
    text: str = 1
    nothing: str = None
    nothing_long: str = Field(None, min_length=2)
    nothing_list: List[int] = Field(None, min_items=1)
    pairs: Dict[str, int] = [("a", 1)]
    empty: Dict[str, int] = ""
    secret: SecretStr = 5
    day: date = 0
    span: timedelta = 1.5
    choice: Optional[Literal[1, 2]] = None
    inner: List[Annotated[int, Field(gt=5)]] = [1]
    data: Json = "1"
    any: Any = None


class Unvalidated(BaseSettings):
    day: date = "x"
    short: str = Field("a", min_length=2)

    class Config:
        validate_all = False
