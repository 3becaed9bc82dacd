from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", env_prefix="A_")
    limits: dict[str, int] = {}
    lists: dict[str, list[int]] = {}
    texts: dict[str, str] = {}
