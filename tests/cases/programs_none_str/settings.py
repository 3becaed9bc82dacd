from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_parse_none_str="null")
    a: int | None = 1
    b: int = 2
    c: str = "x"
