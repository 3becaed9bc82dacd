from pydantic_settings import BaseSettings, SettingsConfigDict


def make_settings(prefix: str, *, delimiter: str = "__"):
    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_prefix=prefix, env_nested_delimiter=delimiter)
        key: str
        level: str = "info"

    return Settings
