from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

class Base(BaseSettings):
    shared: str = ""

class One(Base):
    one: str

class Two(Base):
    two: str

class Three(Base):
    three: str

class Never(Base):
    """A base of none, and made by nobody but a subclass of a test."""
    never: str = ""
