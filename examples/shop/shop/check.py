"""`python -m shop.check`: whether the environment has all that the shop needs."""

import sys
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings

from project import project


def settings_classes() -> Iterator[type[BaseSettings]]:
    """Every settings class of the project and its components, once."""
    listed = list(project.shared_settings or [])
    for component in project.components.values():
        listed += getattr(component, "settings", None) or []
    for cls in dict.fromkeys(listed):
        if isinstance(cls, type) and issubclass(cls, BaseSettings):
            yield cls


def problems(cls: type[BaseModel]) -> list[str]:
    """What pydantic has to say against the environment, one line each."""
    try:
        cls()
    except ValidationError as refusal:
        return [f"{'.'.join(map(str, error['loc']))}: {error['msg'].lower()}" for error in refusal.errors()]
    return []


def main() -> int:
    """Prints a line for each class and each problem; 1 if there is any."""
    refused = 0
    for cls in settings_classes():
        found = problems(cls)
        refused += bool(found)
        print(f"{'ok  ' if not found else 'FAIL'} {cls.__name__}", *found, sep="\n     ")
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(main())
