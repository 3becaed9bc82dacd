from pydantic import parse_obj_as
from settings import Settings

parse_obj_as(Settings, {"name": "n"})
