from typing import ClassVar, Optional
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Base(BaseSettings):
    _instance: ClassVar[Optional["Base"]] = None
    secret_key: SecretStr

    @classmethod
    def instance(cls):
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

class Prod(Base):
    model_config = SettingsConfigDict(env_prefix="PROD_")
