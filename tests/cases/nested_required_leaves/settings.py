from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Pool(BaseModel):
    size: int
    timeout: float = 1.0

class Db(BaseModel):
    host: str
    password: SecretStr
    pool: Pool
    replica: Pool | None = None

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    db: Db
