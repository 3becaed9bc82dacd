import functools

from pydantic_settings import BaseSettings, SettingsConfigDict


def registered(cls):
    REGISTRY.append(cls)
    return cls


def with_prefix(prefix):
    def decorate(cls):
        class Prefixed(cls):
            model_config = SettingsConfigDict(env_prefix=prefix)

        Prefixed.__name__ = cls.__name__
        Prefixed.__qualname__ = cls.__qualname__
        return Prefixed

    return decorate


REGISTRY = []


@registered
class Plain(BaseSettings):
    name: str


@with_prefix("D_")
@registered
class Prefixed(BaseSettings):
    name: str
