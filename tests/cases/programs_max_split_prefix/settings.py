from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Llm(BaseModel):
    api_key: SecretStr
    max_tokens: int = 10

class Gen(BaseModel):
    llm: Llm
    size_limit: int = 1

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="_", env_nested_max_split=2, env_prefix="P_")
    gen: Gen
