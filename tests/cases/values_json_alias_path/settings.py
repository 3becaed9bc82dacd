from pydantic import AliasPath, Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    first: int = Field(validation_alias=AliasPath("numbers", 0))
    named: str = Field("n", validation_alias=AliasPath("names", "name"))
