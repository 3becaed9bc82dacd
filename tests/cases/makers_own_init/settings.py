from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    name: str
    token: str

    def __init__(self, **values):
        super().__init__(name="fixed", _env_prefix="X_", **values)
