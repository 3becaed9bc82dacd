from pydantic_settings import BaseSettings, SettingsConfigDict

class Settings(BaseSettings):
    model_config = SettingsConfigDict(strict=True)
    name: str = "n"
    ports: list[int] = []
    table: dict[str, bool] = {}
