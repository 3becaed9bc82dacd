"""Messages that a component publishes, and functions that listen for them."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, Field

from takk._lazy import public
from takk._vocabulary.alerts import Alert, Contact
from takk._vocabulary.builds import Image, image_name
from takk._vocabulary.compute import Compute, Privileges
from takk._vocabulary.containers import CompiledContainer, compiled_alerts
from takk._vocabulary.functions import function_ref, imported
from takk._vocabulary.scalers import NatsScaler
from takk._vocabulary.settings import SecretClass, SettingsValue, settings_for
from takk._vocabulary.streams import NatsStreamConfig, NatsSubscriberConfig, stream_name

Message = TypeVar("Message", bound=BaseModel)

# Seconds within which a message with the same key is dropped: NATS's own default.
_DUPLICATE_WINDOW = 120


@dataclass
class SubscriberRef:
    """A function and the type of its messages, by name: for a handler that the project's module cannot import."""

    function_ref: str
    input_type_ref: str


class CompiledSubscriber(BaseModel):
    """A `Subscriber` in its older compiled form."""

    name: str
    function_ref: str
    subject: str
    broker_type: Literal["nats"]
    contacts: list[Contact] | None = None
    settings: list[SettingsValue] | None = None
    environments: dict[str, str] = Field(default_factory=dict)
    compute: Compute = Field(default_factory=Compute)
    docker_image: str | None = None


@dataclass
class Subscriber(Generic[Message]):
    """A function that receives the messages of a subject. `PubSub.subscriber` creates one."""

    method: Callable[[Message], None] | Callable[[Message], Awaitable[None]] | SubscriberRef
    subject: str
    config: NatsSubscriberConfig
    pub_config: NatsStreamConfig
    contacts: list[Contact] = field(default_factory=list)
    settings: list[SecretClass] = field(default_factory=list)
    compute: Compute = field(default_factory=Compute)
    image: Image = None
    environments: dict[str, str] = field(default_factory=dict)
    alerts: list[Alert] | None = None
    user: Privileges = field(default_factory=Privileges)
    max_iterations: int | None = None

    def function(self) -> Callable[[Message], None] | Callable[[Message], Awaitable[None]]:
        """The function itself."""
        if isinstance(self.method, SubscriberRef):
            loaded: Callable[[Message], None] = imported(self.method.function_ref)
            return loaded
        return self.method

    def function_ref(self, root_path: Path) -> str:
        """The function as `module:name`."""
        if isinstance(self.method, SubscriberRef):
            return self.method.function_ref
        return function_ref(self.method, root_path)

    def compile(self, name: str, root_path: Path | None = None) -> CompiledSubscriber:
        """The component in its older compiled form."""
        return CompiledSubscriber(
            name=name,
            function_ref=self.function_ref(root_path or Path.cwd()),
            subject=self.subject,
            broker_type="nats",
            contacts=self.contacts,
            settings=settings_for(self.settings),
            environments=self.environments,
            compute=self.compute,
            docker_image=image_name(self.image, name),
        )

    def to_container(self, name: str, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form."""
        scaler = NatsScaler(subject=self.subject, stream_config=self.pub_config, subscriber_config=self.config)
        return CompiledContainer(
            name=name,
            docker_image=image_name(self.image, name),
            environments=self.environments or None,
            settings=settings_for(self.settings),
            contacts=self.contacts or None,
            compute=self.compute,
            restart_policy="OnFailure",
            scalers=[scaler],
            alerts=compiled_alerts(self.alerts, name),
            user=self.user,
        )

    def arg_type(self) -> type[BaseModel]:
        """The type of the messages. Raises `TypeError` if the function's parameter is not a pydantic model."""
        if isinstance(self.method, SubscriberRef):
            message = imported(self.method.input_type_ref)
        else:
            [parameter] = inspect.signature(self.method).parameters
            message = get_type_hints(self.method).get(parameter)
        if not (isinstance(message, type) and issubclass(message, BaseModel)):
            raise TypeError(f"the parameter of a subscriber is a pydantic model, not {message!r}")
        return message

    async def subscribe(self) -> None:
        """Listens, and calls the function with every message."""
        from takk._vocabulary.nats import listen

        function: Any = self.function()
        await listen(self.config, self.pub_config, self.subject, function, self.arg_type(), self.max_iterations)


@dataclass(init=False)
class PubSub(Generic[Message]):
    """A subject that messages of one type are published to: `PubSub(OrderPlaced, subject="shop.order.placed")`.

    Define it in a module of the project; its `subscriber(...)` creates components that listen. The broker is NATS.
    """

    content_type: type[Message]
    subject: str
    config: NatsStreamConfig

    def __init__(self, content_type: type[Message], subject: str, broker: NatsStreamConfig | None = None) -> None:
        config = broker if broker is not None else NatsStreamConfig()
        config.stream.name = config.stream.name or stream_name(subject)
        config.stream.subjects = config.stream.subjects or [subject]
        if config.deduplicate_key is not None:
            config.stream.duplicate_window = config.stream.duplicate_window or _DUPLICATE_WINDOW
        self.content_type, self.subject, self.config = content_type, subject, config

    def subscriber(
        self,
        method: Callable[[Message], None] | Callable[[Message], Awaitable[None]] | SubscriberRef,
        compute: Compute | None = None,
        settings: list[SecretClass] | None = None,
        image: Image = None,
        config: NatsSubscriberConfig | None = None,
        environments: dict[str, str] | None = None,
        user: Privileges | None = None,
    ) -> Subscriber[Message]:
        """A component that calls this function with every message. It reads the broker's settings in addition to its own."""
        name = method.function_ref if isinstance(method, SubscriberRef) else method.__name__
        if config is None:
            config = NatsSubscriberConfig(auth_settings=self.config.auth_settings, durable=name, queue=name)
        return Subscriber(
            method=method,
            subject=self.subject,
            config=config,
            pub_config=self.config,
            settings=[self.config.auth_settings, *(settings or [])],
            compute=compute or Compute(),
            image=image,
            environments=environments or {},
            user=user or Privileges(),
        )

    async def publish(self, content: Message) -> None:
        """Publishes one message to all subscribers."""
        from takk._vocabulary.nats import publish

        await publish(self.config, self.subject, content)


public(globals(), "takk.models")
