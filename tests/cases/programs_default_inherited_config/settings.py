from pydantic_settings import BaseSettings, SettingsConfigDict

class Base(BaseSettings):
    model_config = SettingsConfigDict(validate_default=False)

class Settings(Base):
    model_config = SettingsConfigDict(env_prefix="A_")
    key: str = None
