from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

class Sub(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="sub_")
    value: int

class Settings(BaseSettings):
    value: str
    sub: Sub = Field(default_factory=Sub)
