"""What is left of the shop's first version: three mistakes that are known, and that go away with it."""

import os

import psycopg
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from . import store
from .orders import Order


class LegacySettings(BaseSettings):
    """The import of orders from the first version."""

    model_config = SettingsConfigDict(env_prefix="LEGACY_")

    # A connection with a password in a plain string: it is printed and logged like any other text.
    orders_db: str = "postgresql://shop:shop@localhost:5432/orders"  # noqa: TK006
    # A secret that everyone knows who can read the source.
    import_password: SecretStr = SecretStr("change-me")  # noqa: TK004


def release() -> str:
    """The release that errors are reported under; no settings class knows of this variable."""
    return os.environ.get("SENTRY_RELEASE", "unreleased")  # noqa: TK013


def import_orders(settings: LegacySettings) -> int:
    """Copies the orders of the first version, and says how many there were."""
    password = settings.import_password.get_secret_value()
    with psycopg.connect(settings.orders_db, password=password) as old:
        orders = [Order.model_validate_json(body) for (body,) in old.execute("select body::text from orders")]
    for order in orders:
        store.save(order)
    return len(orders)


if __name__ == "__main__":
    print(f"{import_orders(LegacySettings())} orders imported")
