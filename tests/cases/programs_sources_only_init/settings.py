from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    name: str

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, **others):
        return (init_settings,)
