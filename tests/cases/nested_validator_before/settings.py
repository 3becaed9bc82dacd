from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

from pydantic import field_validator

class Db(BaseModel):
    port: int
    host: str

    @field_validator("port", mode="before")
    @classmethod
    def read(cls, value):
        return 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    db: Db
