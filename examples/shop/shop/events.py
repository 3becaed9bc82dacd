"""What the rest of the company hears of the shop."""

import logging
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel
from takk.models import NatsStreamConfig, PubSub
from takk.secrets import NatsConfig

from .orders import Order

logger = logging.getLogger(__name__)


class OrderPlaced(BaseModel):
    """An order was paid."""

    order_id: UUID
    country: str
    total: Decimal


order_placed = PubSub(
    OrderPlaced,
    subject="shop.order.placed",
    broker=NatsStreamConfig(auth_settings=NatsConfig, deduplicate_key="order_id"),
)


async def announce(order: Order) -> None:
    """Tells everyone who listens."""
    await order_placed.publish(OrderPlaced(order_id=order.id, country=order.country, total=order.total))


def reserve_stock(event: OrderPlaced) -> None:
    """Listens for orders on behalf of the stock."""
    logger.info("stock reserved for order %s to %s", event.order_id, event.country)
