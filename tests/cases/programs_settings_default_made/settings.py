from pydantic_settings import BaseSettings, SettingsConfigDict

class Db(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DB_")
    host: str

class Settings(BaseSettings):
    db: Db = Db()
    name: str
