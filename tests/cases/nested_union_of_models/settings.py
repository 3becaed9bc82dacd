from typing import Union
from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict

class A(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int

class B(BaseModel):
    model_config = ConfigDict(extra="forbid")
    b: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    one: Union[A, B]
