from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Stage(BaseSettings):
    stage: str = "dev"

class Common(BaseSettings):
    database_url: str

class Dev(Common):
    debug: bool = True

class Prod(Common):
    sentry_dsn: str

STAGES = {"dev": Dev, "prod": Prod}

def settings() -> Common:
    return STAGES[Stage().stage]()

class Left(BaseSettings):
    token: str
    left: str

class Right(BaseSettings):
    token: str

def side():
    if Stage().stage == "left":
        return Left()
    else:
        return Right()
