"""What all settings of the shop have in common."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SHOP_"


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


class ShopSettings(BaseSettings):
    """The base of the shop's own settings; their variables begin with SHOP_ unless they say otherwise."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    log_level: Annotated[LogLevel, Field(validation_alias="LOG_LEVEL")] = LogLevel.INFO
    """How much is logged, in every component"""
