from pydantic import TypeAdapter
from settings import Settings

TypeAdapter(Settings).validate_python({"name": "n"})
