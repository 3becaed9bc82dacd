from typing import List, Optional

from pydantic import BaseModel, BaseSettings, SecretStr, constr


class Inner(BaseModel):
    name: str


class Settings(BaseSettings):
    name: str = " a "
    code: constr(min_length=3) = "abc"
    token: SecretStr = "t"
    many: List[str] = []
    raw: bytes = b"x"
    inner: Optional[Inner] = None

    class Config:
        anystr_strip_whitespace = True
        min_anystr_length = 1
        max_anystr_length = 4
        allow_inf_nan = False
