from kinds import Commas
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    hosts: Commas
    ports: list[int] = [1]
