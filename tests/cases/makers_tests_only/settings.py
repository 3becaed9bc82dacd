from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Base(BaseSettings):
    token: str

class App(Base, env_prefix="APP_"):
    pass
