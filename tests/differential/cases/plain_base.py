"""A base that is no model has a `model_config` like any other attribute: only the nearest one counts."""
from pydantic import BaseModel
from pydantic_settings import BaseSettings


class Part(BaseModel):
    a_b: int = 1
    name: str = ""


class Plain:
    model_config = {"env_nested_delimiter": "__", "env_prefix": "PLAIN_", "case_sensitive": True}


class Mixin(Plain):
    model_config = {"env_prefix": "MIXIN_"}


class Bare(Plain):
    pass


class Own(BaseSettings, env_nested_delimiter="_", env_prefix="OWN_"):
    part: Part = Part()


class WithMixin(Own, Mixin):
    pass


class WithBare(Own, Bare):
    pass


class BareFirst(Bare, Own):
    pass
