"""Values for settings: from provisioned resources, from the environment, and from files."""

import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from takk._lazy import public
from takk._vocabulary.environment import _NoValue
from takk._vocabulary.references import ResourceRef, ServiceUrl, Template
from takk._vocabulary.settings import SettingsValue, settings_for
from takk._vocabulary.tags import ResourceTags

Model = TypeVar("Model", bound=BaseModel)
Source = ResourceRef | ServiceUrl

_SECRET_DIRS = ("/var/run", "/var/secrets", "/run/secrets")

# SQLAlchemy's drivers by scheme, asynchronous ones first: the installed one decides the scheme of the URL.
_DRIVERS = {
    "postgresql": ("asyncpg", "psycopg2", "psycopg"),
    "mysql": ("aiomysql", "asyncmy", "pymysql"),
}


def settings_for_secrets(
    settings: list[SettingsValue], resources: Mapping[Source, str], envs: Mapping[str, str | None]
) -> dict[str, str]:
    """The values of these fields by name: from `envs` (in the field's case or upper case), from their resources, or their defaults."""
    values: dict[str, str] = {}
    for setting in settings:
        given = envs.get(setting.name, envs.get(setting.name.upper()))
        if given is None:
            given = _from_resources(setting, resources)
        if given is None and isinstance(setting.default_value, str):
            given = setting.default_value
        if given is not None:
            values[setting.name] = given
    return values


def _from_resources(setting: SettingsValue, resources: Mapping[Source, str]) -> str | None:
    for tag in setting.tags or [setting.data_type]:
        template = Template.from_string(tag)
        if template is not None:
            return _filled(template, resources)
        source = ResourceRef.from_string(tag) or ServiceUrl.from_string(tag)
        if source is not None and source in resources:
            value = resources[source]
            is_for_sqlalchemy = isinstance(source, ResourceRef) and source.tag is ResourceTags.sqlalchemy_uri
            return _with_driver(value) if is_for_sqlalchemy else value
    dsn = ResourceRef.from_string(setting.data_type)
    return resources.get(dsn) if dsn is not None and not setting.tags else None


def _filled(template: Template, resources: Mapping[Source, str]) -> str | None:
    """The template's text, unless one of its parts is unknown."""
    texts: list[str] = []
    for part in template.parts:
        if isinstance(part, ResourceTags):
            part = ResourceRef(part)
        if isinstance(part, str):
            texts.append(part)
        elif part in resources:
            texts.append(resources[part])
        else:
            return None
    return "".join(texts)


def _with_driver(address: str) -> str:
    """The URL with a driver of its database in the scheme: an installed one, if there is one."""
    scheme, separator, rest = address.partition("://")
    drivers = _DRIVERS.get(scheme)
    if drivers is None:
        return address
    driver = next((each for each in drivers if find_spec(each) is not None), drivers[0])
    return f"{scheme}+{driver}{separator}{rest}"


def settings_for_resources(resources: Mapping[Source, str], settings_type: type[Model]) -> Model:
    """An instance of a settings class with the values of these resources."""
    return settings_type.model_validate(settings_for_secrets(settings_for(settings_type), resources, {}))


def load_settings(setting: type[Model], secret_dirs: Sequence[Path | str] | None = None, env: str | None = None) -> Model:
    """An instance of a settings class with values from the environment, or otherwise from files in `secret_dirs`.

    The file of a field has its name. `secret_dirs` defaults to `/var/run`, `/var/secrets` and `/run/secrets`. Raises `ValueError`
    if a field without a default has no value.
    """
    values: dict[str, str] = {}
    for field in settings_for(setting):
        try:
            values[field.name] = read_secret(field, secret_dirs)
        except ValueError:
            if not field.is_optional and isinstance(field.default_value, _NoValue):
                raise
    return setting.model_validate(values)


def env_value_for(val: SettingsValue) -> str:
    """The field's value in the environment, in upper or lower case. Raises `ValueError` where there is none."""
    for name in (val.name, val.name.upper(), val.name.lower()):
        if name in os.environ:
            return os.environ[name]
    raise ValueError(f"no variable {val.name.upper()} in the environment")


def read_secret(val: SettingsValue, secret_dirs: Sequence[Path | str] | None = None) -> str:
    """The field's value in the environment, or else in a file of its name. Raises `ValueError` where there is none."""
    try:
        return env_value_for(val)
    except ValueError:
        pass
    directories = _SECRET_DIRS if secret_dirs is None else secret_dirs
    for directory in directories:
        path = Path(directory) / val.name
        if path.is_file():
            return path.read_text()
    places = ", ".join(str(directory) for directory in directories)
    raise ValueError(f"no variable {val.name.upper()} in the environment and no file {val.name} in {places}")


public(globals(), "takk.secrets")
settings_for_secrets.__module__ = "takk.models"
