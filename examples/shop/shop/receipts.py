"""Receipts: written by the worker, kept in the bucket, sent by mail."""

import smtplib
from email.message import EmailMessage

import boto3
from pydantic import BaseModel, EmailStr
from takk.models import Worker
from takk.secrets import SqsConfig

from .orders import Order
from .settings import InfraSettings, WorkerSettings

receipts = Worker("receipts", settings=[SqsConfig, WorkerSettings])


class ReceiptRequest(BaseModel):
    """What the API asks the worker for."""

    order: Order
    email: EmailStr


def render(order: Order) -> str:
    """The receipt as text."""
    lines = [f"{line.quantity:>4} x {line.sku:<20} {line.unit_price:>10}" for line in order.lines]
    total = f"{'':>7}{'of which VAT':<20} {order.vat:>10}\n{'':>7}{'total ' + order.currency.value:<20} {order.total:>10}"
    return "\n".join([f"Order {order.id}", *lines, total, ""])


def send_receipt(request: ReceiptRequest) -> None:
    """Keeps the receipt and mails it."""
    text = render(request.order)
    keep(f"receipts/{request.order.id}.txt", text)
    mail(request.email, text, WorkerSettings())  # type: ignore[call-arg]


def keep(key: str, text: str) -> None:
    """Puts a text into the shop's bucket."""
    infra = InfraSettings()  # type: ignore[call-arg]
    bucket = boto3.client(
        "s3",
        endpoint_url=str(infra.s3_endpoint),
        aws_access_key_id=infra.s3_access_key,
        aws_secret_access_key=infra.s3_secret_key.get_secret_value(),
        region_name=infra.s3_region,
    )
    bucket.put_object(Bucket=infra.s3_bucket, Key=key, Body=text.encode(), ContentType="text/plain; charset=utf-8")


def mail(recipient: str, text: str, settings: WorkerSettings) -> None:
    """Sends a receipt, trying a few times."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.sender, recipient, "Your receipt"
    message.set_content(text)
    for attempt in range(1, settings.max_attempts + 1):
        try:
            with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=10) as server:
                server.starttls()
                server.login(settings.sender, settings.smtp_password.get_secret_value())
                server.send_message(message)
            return
        except smtplib.SMTPServerDisconnected:
            if attempt == settings.max_attempts:
                raise
