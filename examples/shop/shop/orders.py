"""Orders: what a customer asks for, and what it comes to."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from .settings import Checkout, Currency

CENT = Decimal("0.01")


class OrderLine(BaseModel):
    """So many of one article."""

    sku: str = Field(pattern=r"^[A-Z0-9-]{3,20}$")
    quantity: int = Field(ge=1, le=1000)
    unit_price: Decimal = Field(gt=0, decimal_places=2)


class OrderRequest(BaseModel):
    """What the customer sends."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    lines: list[OrderLine] = Field(min_length=1)


class Order(BaseModel):
    """What the shop keeps."""

    id: UUID = Field(default_factory=uuid4)
    placed_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    country: str
    lines: list[OrderLine]
    currency: Currency
    net: Decimal
    vat: Decimal

    @property
    def total(self) -> Decimal:
        """What is charged."""
        return self.net + self.vat


class OrderRefusedError(ValueError):
    """The order is outside of what the shop accepts."""


def price(request: OrderRequest, checkout: Checkout) -> Order:
    """The order that a request amounts to under the rules of the checkout."""
    if len(request.lines) > checkout.limits.max_lines:
        raise OrderRefusedError(f"an order has at most {checkout.limits.max_lines} lines")
    rate = checkout.vat.get(request.country)
    if rate is None:
        raise OrderRefusedError(f"the shop does not deliver to {request.country}")
    net = sum((line.unit_price * line.quantity for line in request.lines), Decimal(0))
    vat = (net * rate).quantize(CENT, ROUND_HALF_UP)
    if net + vat > checkout.limits.max_total:
        raise OrderRefusedError(f"an order comes to at most {checkout.limits.max_total} {checkout.currency.value}")
    return Order(country=request.country, lines=request.lines, currency=checkout.currency, net=net, vat=vat)
