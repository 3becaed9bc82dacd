import sys

from pydantic import ValidationError
from settings import Settings

try:
    Settings()
except ValidationError as error:
    print(error)
    raise
