"""What only the worker reads."""

from pydantic import EmailStr, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from .base import ShopSettings


class WorkerSettings(ShopSettings):
    """How receipts are sent."""

    model_config = SettingsConfigDict(env_prefix="WORKER_")

    smtp_host: str
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_password: SecretStr
    sender: EmailStr = "receipts@shop.example.org"
    max_attempts: int = Field(default=3, ge=1)
    """Tries before a receipt is given up"""
