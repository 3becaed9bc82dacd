"""Payments: charging an order, and knowing the provider's callbacks from anyone else's."""

import hashlib
import hmac
from uuid import uuid4

import httpx
from pydantic import BaseModel

from .orders import Order
from .settings import PaymentSettings


class Payment(BaseModel):
    """The provider's answer."""

    reference: str
    approved: bool


async def charge(order: Order, settings: PaymentSettings) -> Payment:
    """Asks the provider for the order's total."""
    if settings.mode == "offline":
        return Payment(reference=f"offline-{uuid4()}", approved=True)
    async with httpx.AsyncClient(base_url=str(settings.base_url), timeout=settings.timeout) as client:
        answer = await client.post(
            "/charges",
            headers={"Authorization": f"Bearer {settings.api_key.get_secret_value()}", "Idempotency-Key": str(order.id)},
            json={"merchant": settings.merchant_id, "amount": str(order.total), "currency": order.currency.value},
        )
    answer.raise_for_status()
    return Payment.model_validate(answer.json())


def is_from_provider(body: bytes, signature: str, settings: PaymentSettings) -> bool:
    """Whether the callback carries the signature that only the provider can make."""
    if settings.webhook_key is None:
        return False
    expected = hmac.new(settings.webhook_key.get_secret_value().encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)
