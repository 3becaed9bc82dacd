from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class A(BaseSettings):
    one: str

class Other(A):
    one: str = "1"

class B(BaseSettings):
    two: str

class Registry:
    settings_class = A

    def start(self):
        return self.settings_class()
