"""NATS streams: their publishers and their subscribers."""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, SerializationInfo, TypeAdapter

from takk._lazy import public
from takk._vocabulary.configs import NatsConfig

if TYPE_CHECKING:
    from nats.js.api import ConsumerConfig, StreamConfig


def _stream() -> "StreamConfig":
    """nats-py is slow to import, and only a project that publishes needs it."""
    from nats.js.api import StreamConfig

    return StreamConfig()


@dataclass
class NatsStreamConfig:
    """How messages are published: the settings class of the broker, and the stream.

    Messages with the same value in the field `deduplicate_key` are published once.
    """

    auth_settings: type[BaseModel] = NatsConfig
    stream: "StreamConfig" = field(default_factory=_stream)
    deduplicate_key: str | None = None


@dataclass
class NatsSubscriberConfig:
    """How messages are received: the settings class of the broker, and what happens to a message whose handler fails."""

    auth_settings: type[BaseModel] = NatsConfig
    guarantee: Literal["at-least-once", "at-most-once"] = "at-least-once"
    durable: str | None = None
    queue: str | None = None
    consume_config: "ConsumerConfig | None" = None


def stream_name(subject: str) -> str:
    """The name of the stream of a subject: `shop.order.*` is `SHOP_ORDER_any`."""
    wildcards = {"*": "any", ">": "all"}
    return "_".join(wildcards.get(token, token.upper()) for token in subject.split("."))


def described(config: NatsStreamConfig | NatsSubscriberConfig, info: SerializationInfo) -> dict[str, Any]:
    """The configuration as plain values; in JSON a class is `module:name`."""
    plain: dict[str, Any] = {}
    mode: Any = info.mode
    for each in fields(config):
        value = getattr(config, each.name)
        if isinstance(value, type):
            plain[each.name] = f"{value.__module__}:{value.__qualname__}" if info.mode == "json" else value
        elif value is None or isinstance(value, str):
            plain[each.name] = value
        else:
            plain[each.name] = TypeAdapter(type(value)).dump_python(value, mode=mode)
    return plain


public(globals(), "takk.models")
