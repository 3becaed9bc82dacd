from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Db(BaseModel):
    port: int = 5432
    password: SecretStr

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__", nested_model_default_partial_update=True)
    db: Db = Db(password=SecretStr("x"))
