from pydantic.v1 import BaseSettings as Old
from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="A_")
    port: int
