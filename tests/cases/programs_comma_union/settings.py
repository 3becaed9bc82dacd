from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    domains: list[str] | str = ""
    sizes: list[int] | int = 0
