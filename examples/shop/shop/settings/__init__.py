"""What the shop reads from its environment: one module per concern."""

from .api import ApiSettings, Checkout, CheckoutLimits, Currency
from .infra import InfraSettings, TrackingSettings
from .payments import PaymentMode, PaymentSettings
from .report import ReportSettings, ReportWindow
from .shared import SharedSettings
from .urls import ServiceUrls
from .worker import WorkerSettings

__all__ = [
    "ApiSettings",
    "Checkout",
    "CheckoutLimits",
    "Currency",
    "InfraSettings",
    "PaymentMode",
    "PaymentSettings",
    "ReportSettings",
    "ReportWindow",
    "ServiceUrls",
    "SharedSettings",
    "TrackingSettings",
    "WorkerSettings",
]
