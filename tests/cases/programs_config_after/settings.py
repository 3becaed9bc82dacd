from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    port: int

Settings.model_config["env_prefix"] = "LATE_"
