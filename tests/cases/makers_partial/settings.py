from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from functools import partial

class Db(BaseSettings):
    host: str
    user: str

database = partial(Db, _env_prefix="P_", user="me")
