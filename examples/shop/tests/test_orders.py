"""What an order comes to, and what is refused."""

import hashlib
import hmac
from decimal import Decimal

import pytest
from pydantic import SecretStr

from shop.orders import OrderLine, OrderRefusedError, OrderRequest, price
from shop.payments import is_from_provider
from shop.receipts import render
from shop.report import by_country
from shop.settings import Checkout, CheckoutLimits, PaymentSettings


class OfflinePayments(PaymentSettings):
    """Payment settings that need nothing of the environment."""

    api_key: SecretStr = SecretStr("unused")
    webhook_key: SecretStr = SecretStr("callback-key")
    merchant_id: str = "m-000001"


def request(country: str = "NO", quantity: int = 2) -> OrderRequest:
    return OrderRequest(country=country, lines=[OrderLine(sku="MUG-1", quantity=quantity, unit_price=Decimal("9.90"))])


def test_tax_is_that_of_the_country():
    assert price(request("NO"), Checkout()).total == Decimal("24.75")
    assert price(request("DE"), Checkout()).vat == Decimal("3.76")


def test_a_country_without_a_rate_is_refused():
    with pytest.raises(OrderRefusedError, match="does not deliver to SE"):
        price(request("SE"), Checkout())


def test_limits_hold():
    with pytest.raises(OrderRefusedError, match="at most 10 EUR"):
        price(request(), Checkout(limits=CheckoutLimits(max_total=Decimal(10))))


def test_receipts_and_reports_add_up():
    orders = [price(request("NO"), Checkout()), price(request("NO", 1), Checkout()), price(request("DE"), Checkout())]
    assert render(orders[0]).splitlines()[-1].endswith("24.75")
    assert by_country(orders)["NO"].orders == 2
    assert by_country(orders)["NO"].net == Decimal("29.70")


def test_only_the_provider_can_sign_a_callback():
    settings = OfflinePayments()
    signature = hmac.new(b"callback-key", b"paid", hashlib.sha256).hexdigest()
    assert is_from_provider(b"paid", signature, settings)
    assert not is_from_provider(b"refunded", signature, settings)
