from pydantic import TypeAdapter
from settings import Settings

TypeAdapter(Settings).validate_json('{"name": "n"}')
