from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Model(BaseModel):
    api_key: SecretStr
    max_tokens: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="_", env_nested_max_split=2, env_prefix="BOT_")
    llms: dict[str, Model] = {}
