from typing import Literal, Union
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

class Local(BaseModel):
    kind: Literal["local"]
    path: str

class S3(BaseModel):
    kind: Literal["s3"]
    bucket: str
    parts: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    store: Union[Local, S3] = Field(discriminator="kind")
