from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Base(BaseSettings):
    token: str

    @classmethod
    def load(cls) -> "Base":
        return cls()

class One(Base, env_prefix="ONE_"):
    pass

class Two(Base, env_prefix="TWO_"):
    """Validated from data only."""
