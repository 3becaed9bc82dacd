from typing import Annotated
from pydantic import BeforeValidator
from pydantic_settings import NoDecode

Commas = Annotated[list[str], NoDecode, BeforeValidator(lambda v: v.split(",") if isinstance(v, str) else v)]
