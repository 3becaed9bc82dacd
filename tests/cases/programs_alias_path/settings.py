from pydantic import AliasChoices, AliasPath, Field
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    host: str = Field(validation_alias=AliasChoices("DB_HOST", AliasPath("db", "host")))
    port: int = Field(5432, validation_alias=AliasPath("db", "port"))
