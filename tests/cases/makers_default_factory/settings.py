from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class A(BaseSettings, env_prefix="A_"):
    one: str

class B(BaseSettings, env_prefix="B_"):
    two: str

class C(BaseSettings, env_prefix="C_"):
    three: str

class D(BaseSettings, env_prefix="D_"):
    four: str

class Settings(BaseSettings):
    a: A = Field(default_factory=A)
    b: B = Field(default_factory=lambda: B())
    c: C = C()

class Plain(BaseModel):
    d: D = Field(default_factory=D)
