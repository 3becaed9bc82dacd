from typing import Annotated, Literal, Union
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

class Local(BaseModel):
    kind: Literal["local"] = "local"
    path: str = "/tmp"

class Bucket(BaseModel):
    kind: Literal["s3"] = "s3"
    bucket: str
    port: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    store: Annotated[Union[Local, Bucket], Field(discriminator="kind")] = Local()
