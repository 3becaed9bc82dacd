from pydantic import BaseSettings

class Settings(BaseSettings):
    name: str

    class Config:
        @classmethod
        def customise_sources(cls, init_settings, env_settings, file_secret_settings):
            return (init_settings,)
