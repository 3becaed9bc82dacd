from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class A(BaseSettings):
    one: str

class B(BaseSettings):
    two: str

everything = [cls() for cls in (A, B)]
