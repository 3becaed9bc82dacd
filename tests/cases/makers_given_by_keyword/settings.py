from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class App(BaseSettings):
    name: str
    region: str

class Db(BaseSettings):
    host: str
    secret: str
