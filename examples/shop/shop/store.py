"""Where orders are kept."""

from datetime import date
from functools import lru_cache

import psycopg
from redis import Redis

from .orders import Order
from .settings import SharedSettings

SCHEMA = """
create table if not exists orders (
    id uuid primary key,
    placed_at timestamptz not null,
    body jsonb not null
)
"""


@lru_cache
def shared_settings() -> SharedSettings:
    """The databases' addresses, read once."""
    return SharedSettings()  # type: ignore[call-arg]


def connect() -> psycopg.Connection:
    """The shop's database, with its table in place."""
    connection = psycopg.connect(str(shared_settings().database_url), autocommit=True)
    connection.execute(SCHEMA)
    return connection


def save(order: Order) -> None:
    """Keeps an order."""
    with connect() as connection:
        connection.execute(
            "insert into orders (id, placed_at, body) values (%s, %s, %s)",
            (order.id, order.placed_at, order.model_dump_json()),
        )


def placed_on(first: date, last: date) -> list[Order]:
    """The orders of those days, both included."""
    with connect() as connection:
        rows = connection.execute("select body::text from orders where placed_at::date between %s and %s", (first, last))
        return [Order.model_validate_json(body) for (body,) in rows]


def is_first_request(key: str) -> bool:
    """Whether a request with that idempotency key has not been seen within a day."""
    redis = Redis.from_url(str(shared_settings().redis_url))
    return bool(redis.set(f"request:{key}", 1, nx=True, ex=86_400))
