"""Alerts, and who is notified."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass as validated_dataclass

from takk._lazy import public
from takk._vocabulary.literals import AlertSeverity, AlertWebhookStatus, QueryType
from takk._vocabulary.references import SecretRef, ServiceUrl


class Contact(BaseModel):
    """A person to ask about a component, and to notify when an alert fires."""

    name: str
    email: str | None = None
    discord_member_id: str | None = None
    slack_member_id: str | None = None


@dataclass
class SlackChannel:
    """A Slack channel that an alert is posted to."""

    channel: str
    message_template: str | None = None


@validated_dataclass
class Webhook:
    """A URL that gets an `AlertWebhookPayload` when an alert starts or ends.

    With a `secret` the request has the header `X-Takk-Signature: sha256=<hex>`, the HMAC-SHA256 of its body with that secret.
    """

    url: str | ServiceUrl | SecretRef
    path: str | None = None
    method: Literal["POST", "PUT"] = "POST"
    headers: dict[str, str | SecretRef] | None = None
    secret: str | SecretRef | None = None


class AlertWebhookPayload(BaseModel):
    """The JSON body of the request to a `Webhook`: `AlertWebhookPayload.model_validate_json(body)`."""

    alert_name: str
    severity: str | None = None
    status: AlertWebhookStatus
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    generator_url: str | None = None
    starts_at: datetime
    ends_at: datetime | None = None
    project_env_id: UUID


@dataclass
class Alert:
    """Notifies someone when a query over metrics, logs or traces matches for `duration` (minutes, or a `timedelta`)."""

    name: str
    query: str
    severity: AlertSeverity
    query_type: QueryType = "promql"
    description: str | None = None
    duration: timedelta | int = 0
    notify: list[SlackChannel | Contact | Webhook] = field(default_factory=list)


class CompiledSlackChannel(BaseModel):
    """A `SlackChannel` of a compiled alert."""

    channel: str
    message_template: str | None = None


class CompiledAlert(BaseModel):
    """An `Alert` of a compiled project."""

    name: str
    query: str
    severity: Literal["warning", "critical"]
    query_type: Literal["promql", "logql", "traceql"] = "promql"
    description: str | None = None
    duration: timedelta | None = None
    notify: list[CompiledSlackChannel | Webhook | Contact] = Field(default_factory=list)
    container_name: str | None = None


def compile_alert(alert: Alert, container_name: str | None = None) -> CompiledAlert:
    """The alert in its compiled form."""
    duration = alert.duration if isinstance(alert.duration, timedelta) else timedelta(minutes=alert.duration)
    return CompiledAlert(
        name=alert.name,
        query=alert.query,
        severity=alert.severity,
        query_type=alert.query_type,
        description=alert.description,
        duration=duration,
        notify=[_compiled(target) for target in alert.notify],
        container_name=container_name,
    )


def _compiled(target: SlackChannel | Contact | Webhook) -> CompiledSlackChannel | Contact | Webhook:
    if isinstance(target, SlackChannel):
        return CompiledSlackChannel(channel=target.channel, message_template=target.message_template)
    return target


public(globals(), "takk.models")
