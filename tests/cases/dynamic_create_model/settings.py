from pydantic import Field, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict


class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CM_")
    host: str


Made = create_model("Made", __base__=Base, port=(int, ...), name=(str, Field("x", alias="NAME_OF")))


class Derived(create_model("Inner", __base__=Base, inner=(str, ...))):
    own: int = 1


FIELDS = {f"key_{n}": (str, ...) for n in ("a", "b")}
Many = create_model("Many", __base__=BaseSettings, **FIELDS)
Prefixed = create_model("Prefixed", __base__=BaseSettings, __cls_kwargs__={"env_prefix": "X_"}, q=(int, 3))
