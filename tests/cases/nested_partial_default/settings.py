from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

class Db(BaseModel):
    host: str = "localhost"
    port: int = 5432
    password: SecretStr

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    db: Db = Db(password=SecretStr("x"))
