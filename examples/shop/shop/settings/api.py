"""What the API reads."""

from decimal import Decimal
from enum import StrEnum

from pydantic import AliasChoices, BaseModel, Field, SecretStr

from .base import ShopSettings


class Currency(StrEnum):
    """What the shop sells in."""

    EUR = "EUR"
    NOK = "NOK"


class CheckoutLimits(BaseModel):
    """What one order may hold."""

    max_lines: int = Field(default=50, ge=1, le=500)
    max_total: Decimal = Field(default=Decimal("5000"), gt=0)


class Checkout(BaseModel):
    """How an order becomes a sum."""

    currency: Currency = Currency.EUR
    vat: dict[str, Decimal] = {"NO": Decimal("0.25"), "DE": Decimal("0.19")}
    limits: CheckoutLimits = CheckoutLimits()


class ApiSettings(ShopSettings):
    """The API's own settings. SHOP_CHECKOUT__LIMITS__MAX_LINES sets a nested one."""

    display_name: str = Field(default="The Shop", alias="SHOP_NAME")
    """What customers see"""
    session_secret: SecretStr = Field(validation_alias=AliasChoices("SHOP_SESSION_SECRET", "SESSION_SECRET"))
    """Signs session cookies; the second name is the one from before version 1.0"""
    trusted_hosts: list[str] = ["localhost", "127.0.0.1"]
    """Hosts that requests may name, as a JSON list"""
    page_size: int = Field(default=20, ge=1, le=100)
    """Orders per page"""
    checkout: Checkout = Checkout()
    """Currency, taxes and limits"""
