from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Db(BaseModel):
    host: str = "h"
    port: int

class Settings(BaseSettings):
    model_config = SettingsConfigDict(enable_decoding=False, env_nested_delimiter="__")
    db: Db
