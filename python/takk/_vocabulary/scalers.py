"""How many containers of a component run, and when."""

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, Field, InstanceOf, PlainSerializer

from takk._lazy import public
from takk._vocabulary.configs import SqsQueueSettings
from takk._vocabulary.streams import NatsStreamConfig, NatsSubscriberConfig, described


class HttpScaler(BaseModel):
    """Scales with the number of pending requests, down to zero after a while without any."""

    port: int
    scale_on_queue_depth: bool = False
    scaledown_period_seconds: int = 300


class CronScaler(BaseModel):
    """Runs one container at the times of a cron schedule."""

    schedule: str
    payload: dict[str, Any] | None = None


class NatsScaler(BaseModel):
    """Scales with the number of pending messages in NATS."""

    subject: str
    stream_config: Annotated[InstanceOf[NatsStreamConfig], PlainSerializer(described)]
    subscriber_config: Annotated[InstanceOf[NatsSubscriberConfig], PlainSerializer(described)]
    scaledown_period_seconds: int = 300


class SqsScaler(BaseModel):
    """Scales with the number of pending messages in the message queue."""

    queue_name: str
    queue_settings: SqsQueueSettings = Field(default_factory=SqsQueueSettings)
    scaledown_period_seconds: int = 300


class CpuScaler(BaseModel):
    """Scales up while the CPU utilization is above this."""

    target_cpu_percent: int = 70
    scaledown_period_seconds: int = 300


class MemoryScaler(BaseModel):
    """Scales up while the memory utilization is above this."""

    target_memory_percent: int = 80
    scaledown_period_seconds: int = 300


ContainerScaler: TypeAlias = HttpScaler | CronScaler | NatsScaler | SqsScaler | CpuScaler | MemoryScaler
"""What `scalers=` takes."""

public(globals(), "takk.models")
