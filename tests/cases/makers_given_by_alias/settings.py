from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class A(BaseSettings):
    name: str = Field(alias="a_name")

class B(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore")
    name: str = Field(alias="b_name")

class C(BaseSettings):
    model_config = SettingsConfigDict(populate_by_name=True)
    name: str = Field(alias="c_name")
