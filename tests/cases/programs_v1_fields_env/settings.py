from pydantic import BaseSettings

class Settings(BaseSettings):
    apple: str = ...

    class Config:
        fields = {"apple": {"env": "BOOM"}}
