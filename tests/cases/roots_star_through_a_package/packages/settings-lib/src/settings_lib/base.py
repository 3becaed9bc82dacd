from pydantic_settings import BaseSettings, SettingsConfigDict


class LibSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LIB_")


__all__ = ["LibSettings"]
