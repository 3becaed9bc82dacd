from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Db(BaseModel):
    host: str

class Settings(BaseSettings):
    name: str
    db: Db
