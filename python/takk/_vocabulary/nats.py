"""Messages over NATS: connecting with a settings class, publishing, and listening."""

import inspect
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from takk._vocabulary.settings import settings_for
from takk._vocabulary.streams import NatsStreamConfig, NatsSubscriberConfig
from takk._vocabulary.tags import ResourceTags

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

Message = TypeVar("Message", bound=BaseModel)

logger = logging.getLogger("takk")

# Seconds until a message whose handler failed is delivered again.
_AGAIN_AFTER = 1.0


@asynccontextmanager
async def connected(auth_settings: type[BaseModel]) -> "AsyncGenerator[Client, None]":
    """A connection to the server of this settings class. Leaving the block drains and closes it."""
    import nats
    from nats.aio.client import RawCredentials

    address, credentials = _login(auth_settings)
    login: dict[str, Any] = {} if credentials is None else {"user_credentials": RawCredentials(credentials)}
    client = await nats.connect(servers=address, **login)
    try:
        yield client
    finally:
        await client.drain()


def _login(auth_settings: type[BaseModel]) -> tuple[str, str | None]:
    """The URL, and the text of the credentials: fields are found by their types and tags, not by their names."""
    values = auth_settings()
    address = credentials = None
    for field in settings_for(auth_settings):
        value = getattr(values, field.name)
        parts = {tag.partition(":")[0] for tag in field.tags}
        if value is None:
            continue
        if ResourceTags.nats_creds_file.value in parts:
            credentials = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        elif field.data_type == "NatsDsn" or ResourceTags.nats_dsn.value in parts:
            address = str(value)
    if address is None:
        raise ValueError(f"cannot connect to NATS: {auth_settings.__qualname__} has no field of the type NatsDsn")
    return address, credentials


async def publish(config: NatsStreamConfig, subject: str, content: BaseModel) -> None:
    """Publishes one message, and creates the stream if it does not exist yet."""
    async with connected(config.auth_settings) as client:
        stream = client.jetstream()
        await _make_stream(stream, config, subject)
        key = config.deduplicate_key
        headers = None if key is None else {"Nats-Msg-Id": str(getattr(content, key))}
        await stream.publish(subject, content.model_dump_json().encode(), headers=headers)


async def listen(
    config: NatsSubscriberConfig,
    stream: NatsStreamConfig,
    subject: str,
    handler: Callable[[Message], None] | Callable[[Message], Awaitable[None]],
    content_type: type[Message],
    max_iterations: int | None = None,
) -> None:
    """Passes messages to a function, `max_iterations` of them or forever.

    With `at-least-once` a message whose handler fails is delivered again. One that does not fit the type is logged and dropped.
    """
    async with connected(config.auth_settings) as client:
        context = client.jetstream()
        await _make_stream(context, stream, subject)
        at_least_once = config.guarantee == "at-least-once"
        if at_least_once:
            messages: Any = await context.subscribe(
                subject, queue=config.queue, durable=config.durable, config=config.consume_config, manual_ack=True
            )
        else:
            messages = await client.subscribe(subject, queue=config.queue or "")
        handled = 0
        async for message in messages.messages:
            await _handle(message, handler, content_type, at_least_once)
            handled += 1
            if max_iterations is not None and handled >= max_iterations:
                return


async def _make_stream(context: "JetStreamContext", config: NatsStreamConfig, subject: str) -> None:
    from nats.js.errors import NotFoundError

    try:
        await context.find_stream_name_by_subject(subject)
    except NotFoundError:
        await context.add_stream(config.stream)


async def _handle(message: "Msg", handler: Callable[[Any], Any], content_type: type[BaseModel], acknowledge: bool) -> None:
    try:
        content = content_type.model_validate_json(message.data)
    except ValidationError as error:
        # The errors, without the message itself, which may contain anything.
        wrong = [(".".join(map(str, each["loc"])), each["type"]) for each in error.errors()]
        logger.error("a message on %s is no %s: %s", message.subject, content_type.__qualname__, wrong)
        if acknowledge:
            await message.term()
        return
    try:
        result = handler(content)
        if inspect.isawaitable(result):
            await result
    except Exception:
        logger.exception("the handler of %s failed", message.subject)
        if acknowledge:
            await message.nak(delay=_AGAIN_AFTER)
        return
    if acknowledge:
        await message.ack()
