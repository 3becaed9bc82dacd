
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(allow_inf_nan=False, coerce_numbers_to_str=True, use_enum_values=True, ser_json_bytes="hex")
    ratio: float = 1.0
    names: list[str] = []
    flag: str = "a"
