from pydantic import BaseModel, BaseSettings

class Deep(BaseModel):
    v4: int

class Sub(BaseModel):
    v1: str = "x"
    deep: Deep

class Settings(BaseSettings):
    sub: Sub

    class Config:
        env_nested_delimiter = "__"
