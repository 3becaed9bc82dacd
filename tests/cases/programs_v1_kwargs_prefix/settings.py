from pydantic import BaseSettings, Field

class Parent(BaseSettings):
    parent_setting: str = Field(env="PARENT_SETTING")

    class Config:
        env_prefix = "PREFIX_"

class Child(Parent):
    child_setting: int
