from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


from pydantic import ConfigDict

class Db(BaseModel):
    model_config = ConfigDict(extra="forbid")
    port: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    db: Db = Db()
