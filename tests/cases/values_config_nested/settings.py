from pydantic import BaseModel, ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict


class Short(BaseModel):
    model_config = ConfigDict(str_max_length=2)
    code: str = "a"


class Plain(BaseModel):
    code: str = "a"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(str_min_length=2)
    short: Short = Short()
    plain: Plain = Plain()
