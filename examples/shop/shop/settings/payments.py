"""What taking payments needs."""

from typing import Literal

from pydantic import AnyHttpUrl, Field, SecretStr

from .base import ShopSettings

PaymentMode = Literal["offline", "sandbox", "live"]


class PaymentSettings(ShopSettings, env_prefix="PAYMENTS_"):
    """The payment provider."""

    mode: PaymentMode = Field(default="offline", description="`offline` approves every payment without asking anyone")
    base_url: AnyHttpUrl = AnyHttpUrl("https://payments.example.com/v2")
    api_key: SecretStr
    """The key of the mode chosen: sandbox keys do not work live"""
    webhook_key: SecretStr | None = None
    """Checks the signature of callbacks; without it none are accepted"""
    timeout: float = Field(default=5.0, gt=0, le=30)
    """Seconds"""
    merchant_id: str = Field(pattern=r"^m-[0-9]{6}$")
    """As the provider's contract names the shop"""
