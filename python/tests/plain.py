"""Values as plain JSON, in the same form for the published package and ours."""

import dataclasses
import datetime
import enum
import inspect
import pathlib

from pydantic import BaseModel


def plain(value):
    """The value as plain JSON. Classes and functions become `module:name`."""
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float)):
        return value
    if type(value).__name__ == "_NoValue":
        return {}
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, pathlib.PurePath):
        return str(value)
    if inspect.isclass(value) or inspect.isfunction(value):
        return f"{value.__module__}:{value.__qualname__}"
    if isinstance(value, BaseModel):
        return plain(value.model_dump())
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(plain(key)): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(each) for each in value]
    # Omits the address of the object.
    return repr(value).split(" object at ")[0]
