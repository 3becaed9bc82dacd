"""The API: quotes, orders, payments."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import EmailStr

from . import events, legacy, payments, store
from .orders import Order, OrderRefusedError, OrderRequest, price
from .receipts import ReceiptRequest, receipts, send_receipt
from .settings import ApiSettings, InfraSettings, PaymentSettings, ServiceUrls


@lru_cache
def api_settings() -> ApiSettings:
    """The API's settings, read once."""
    return ApiSettings()  # type: ignore[call-arg]


@lru_cache
def payment_settings() -> PaymentSettings:
    """The payment provider's settings, read once."""
    return PaymentSettings()  # type: ignore[call-arg]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Reads everything at the start, so that what is missing stops the API then and not at the first order."""
    app.title = api_settings().display_name
    payment_settings()
    store.shared_settings()
    InfraSettings()  # type: ignore[call-arg]
    app.state.urls = ServiceUrls()  # type: ignore[call-arg]
    yield


app = FastAPI(lifespan=lifespan)
Api = Annotated[ApiSettings, Depends(api_settings)]
Payments = Annotated[PaymentSettings, Depends(payment_settings)]


def quoted(request: OrderRequest, settings: Api) -> Order:
    """The order that the request amounts to."""
    try:
        return price(request, settings.checkout)
    except OrderRefusedError as refusal:
        raise HTTPException(422, str(refusal)) from refusal


@app.get("/healthz")
def healthz(settings: Api) -> dict[str, str]:
    """Whether the API is up."""
    return {"status": "ok", "shop": settings.display_name, "release": legacy.release()}


@app.post("/quotes")
def quote(order: Annotated[Order, Depends(quoted)]) -> dict[str, str]:
    """What an order would cost."""
    return {"currency": order.currency.value, "net": str(order.net), "vat": str(order.vat), "total": str(order.total)}


@app.post("/orders", status_code=201)
async def place(
    order: Annotated[Order, Depends(quoted)],
    email: EmailStr,
    settings: Payments,
    idempotency_key: Annotated[str, Header()],
) -> Order:
    """Charges an order, keeps it and tells the others."""
    if not store.is_first_request(idempotency_key):
        raise HTTPException(409, "this order was already placed")
    payment = await payments.charge(order, settings)
    if not payment.approved:
        raise HTTPException(402, "the payment was refused")
    store.save(order)
    await events.announce(order)
    await receipts.queue(send_receipt, ReceiptRequest(order=order, email=email))
    return order


@app.post("/payments/callback", status_code=204)
async def payment_callback(request: Request, settings: Payments, signature: Annotated[str, Header()]) -> None:
    """What the provider says later."""
    if not payments.is_from_provider(await request.body(), signature, settings):
        raise HTTPException(403, "the signature is not the provider's")
