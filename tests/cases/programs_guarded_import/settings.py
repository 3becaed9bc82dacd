from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Sentry(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SENTRY_")
    dsn: SecretStr

class Settings(BaseSettings):
    host: str

try:
    sentry = Sentry()
except ValidationError:
    sentry = None
settings = Settings()
