from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class DbSettings(BaseSettings):
    db_url: str

class RedisSettings(BaseSettings):
    redis_url: str

class Settings(DbSettings, RedisSettings):
    secret_key: SecretStr

settings = Settings()
