from typing import Annotated

from pydantic_settings import BaseSettings, ForceDecode, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(enable_decoding=False)
    left: list[str] = []
    forced: Annotated[list[int], ForceDecode] = []
    either: list[str] | str = ""
