from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from contextlib import suppress

class Redis(BaseSettings):
    redis_url: str

class Mail(BaseSettings):
    smtp_password: SecretStr

class Main(BaseSettings):
    needed: str

def redis() -> Redis | None:
    try:
        return Redis()
    except ValidationError:
        return None

mail = None
with suppress(ValueError):
    mail = Mail()
