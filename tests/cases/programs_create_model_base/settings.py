from pydantic import create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")

Settings = create_model("Settings", __base__=Base, name=(str, ...), port=(int, 80))
