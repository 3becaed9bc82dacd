import json

from pydantic import BaseSettings


def json_config(settings):
    return {"token": "t"}


class Turned(BaseSettings):
    name: str

    class Config:
        env_prefix = "T_"

        @classmethod
        def customise_sources(cls, init_settings, env_settings, file_secret_settings):
            return env_settings, init_settings


class NoEnv(BaseSettings):
    level: str = "x"

    class Config:
        @classmethod
        def customise_sources(cls, init_settings, env_settings, file_secret_settings):
            return (init_settings,)


class Own(BaseSettings):
    token: str

    class Config:
        @classmethod
        def customise_sources(cls, init_settings, env_settings, file_secret_settings):
            return init_settings, json_config, env_settings
