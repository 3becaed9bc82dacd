from typing import List

from pydantic import BaseSettings


def words(text):
    return text.split()


class Base:
    @staticmethod
    def json_loads(text):
        return text.split()


class Settings(BaseSettings):
    words: List[str] = []
    port: int = 1

    class Config(Base):
        pass


class Named(BaseSettings):
    words: List[str] = []

    class Config:
        json_loads = words
