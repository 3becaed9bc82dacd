from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import sys

class A(BaseSettings):
    one: str

class B(BaseSettings):
    two: str

class C(BaseSettings):
    three: str

try:
    a = A()
except ValidationError as error:
    print(error)
    sys.exit(1)

try:
    b = B()
except ValidationError as error:
    raise RuntimeError("incomplete") from error

try:
    c = C()
except KeyError:
    c = None
