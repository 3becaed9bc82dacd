from datetime import date, datetime, time, timedelta
from enum import Enum, IntEnum
from typing import Dict, FrozenSet, List, Optional, Tuple, Union

from pydantic import BaseSettings, ByteSize, Json, StrictInt, conint, conlist, constr


class Size(IntEnum):
    SMALL = 1


class Plain(int, Enum):
    SMALL = 1


class Settings(BaseSettings):
    number: int = 0
    ratio: float = 0
    flag: bool = False
    size: Size = Size.SMALL
    plain: Plain = Plain.SMALL
    strict: StrictInt = 0
    bounded: conint(gt=0, multiple_of=3) = 3
    named: constr(regex="^[a-c]", max_length=3) = "a"
    listed: conlist(int, min_items=1, max_items=2) = [1]
    day: date = date(2020, 1, 1)
    moment: datetime = datetime(2020, 1, 1)
    clock: time = time(1)
    span: timedelta = timedelta(1)
    room: ByteSize = 1
    either: Union[int, List[int]] = 1
    frozen: FrozenSet[str] = frozenset()
    pair: Tuple[int, int] = (1, 2)
    table: Dict[int, int] = {}
    parsed: Json = None
    parsed_list: Optional[Json[List[int]]] = None
