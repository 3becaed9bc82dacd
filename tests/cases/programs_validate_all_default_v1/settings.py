from pydantic import BaseSettings, HttpUrl

class Settings(BaseSettings):
    url: HttpUrl = ""
    port: int = "x"
