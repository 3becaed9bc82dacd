from pydantic import Field, StrictInt
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    debug: bool = Field(False, strict=True)
    size: StrictInt = 1
    port: int = 1
