from pydantic import BaseSettings, HttpUrl, SecretStr

class Settings(BaseSettings):
    api_key: SecretStr = None
    url: HttpUrl = ""
    port: int = "x"

    class Config:
        validate_all = False
