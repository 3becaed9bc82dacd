from pydantic import SecretStr
from pydantic_settings import BaseSettings

class Db(BaseSettings):
    url: SecretStr
    pool: int = 5

def database(prefix: str) -> Db:
    return Db(_env_prefix=prefix)
