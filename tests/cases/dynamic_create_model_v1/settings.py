from pydantic import BaseSettings, create_model


class Base(BaseSettings):
    host: str

    class Config:
        env_prefix = "V_"


Made = create_model("Made", __base__=Base, port=(int, ...), level="info")
