from pydantic import SecretStr
from pydantic_settings import BaseSettings

class Base(BaseSettings):
    token: SecretStr
