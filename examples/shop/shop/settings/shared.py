"""What every component needs."""

from typing import Annotated

from pydantic import Field, PostgresDsn, RedisDsn, SecretStr
from pydantic_settings import BaseSettings
from takk.secrets import ResourceTags


class SharedSettings(BaseSettings):
    """The databases and keys that every component of the shop uses."""

    database_url: PostgresDsn = Field(description="Orders and payments")
    redis_url: RedisDsn = Field(description="Idempotency keys")
    signing_key: SecretStr = Field(min_length=16, description="Signs what leaves the shop: receipts, callbacks")
    takk_env: Annotated[str, ResourceTags.environment] = "dev"
