from pydantic import BaseSettings, Field

class Settings(BaseSettings):
    VAR: int = Field(..., env=["NEW_VAR", "OLD_VAR"])
    port: int

    class Config:
        env_prefix = "MY_"
