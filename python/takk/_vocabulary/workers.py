"""Components that take work from a queue."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, Field

from takk._lazy import public
from takk._vocabulary.arguments import validated_arguments
from takk._vocabulary.compute import Compute, Privileges
from takk._vocabulary.configs import SqsConfig, SqsQueueSettings
from takk._vocabulary.containers import CompiledContainer
from takk._vocabulary.functions import function_ref, imported
from takk._vocabulary.scalers import SqsScaler
from takk._vocabulary.settings import SecretClass, SettingsValue, settings_for

if TYPE_CHECKING:
    from takk._vocabulary.sqs import SqsQueueBroker

Payload = TypeVar("Payload", bound=BaseModel)


class QueueMessage(BaseModel):
    """A message in a worker's queue: a function and its arguments."""

    function_ref: str
    arguments: dict[str, Any]

    async def run(self) -> None:
        """Calls the function here."""
        function = imported(self.function_ref)
        result = function(**validated_arguments(function, self.arguments))
        if inspect.isawaitable(result):
            await result


class CompiledWorker(BaseModel):
    """A `Worker` in its older compiled form."""

    name: str
    broker_type: Literal["sqs"]
    compute: Compute = Field(default_factory=Compute)
    settings: list[SettingsValue] | None = None
    max_scale: int = 1
    resource_id: str | None = None


def _sqs() -> list[SecretClass]:
    return [SqsConfig]


@dataclass
class Worker:
    """A queue with the worker's name, and the program that processes it: `await receipts.queue(send_receipt, request)`.

    Define it in a module of the project; any function of the project can be queued.
    """

    name: str
    broker_type: Literal["sqs"] = "sqs"
    queue_settings: SqsQueueSettings = field(default_factory=SqsQueueSettings)
    compute: Compute = field(default_factory=Compute)
    settings: list[SecretClass] | SecretClass = field(default_factory=_sqs)
    user: Privileges = field(default_factory=Privileges)

    def broker(self) -> "SqsQueueBroker":
        """The message queue that `SqsConfig` configures."""
        from takk._vocabulary.sqs import SqsQueueBroker

        # Its values come from the environment.
        return SqsQueueBroker(SqsConfig(), self.queue_settings)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]

    async def queue(
        self, method: Callable[[Payload], None] | Callable[[Payload], Awaitable[None]], payload: Payload
    ) -> None:
        """Queues a call of this function, which has one parameter, with this payload.

        Raises `TypeError` for a function with no or several parameters.
        """
        parameters = list(inspect.signature(method).parameters)
        if len(parameters) != 1:
            raise TypeError(f"a worker calls functions of one parameter, and {method.__name__} has {len(parameters)}")
        arguments = {parameters[0]: payload.model_dump(mode="json")}
        message = QueueMessage(function_ref=function_ref(method, None), arguments=arguments)
        await self.broker().with_name(self.name).send(message)

    def compile(self) -> CompiledWorker:
        """The component in its older compiled form."""
        return CompiledWorker(
            name=self.name, broker_type=self.broker_type, compute=self.compute, settings=self._settings()
        )

    def to_container(self, name: str | None = None, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form. It has the worker's own name."""
        return CompiledContainer(
            name=self.name,
            settings=self._settings(),
            compute=self.compute,
            restart_policy="OnFailure",
            scalers=[SqsScaler(queue_name=self.name, queue_settings=self.queue_settings)],
            user=self.user,
        )

    def _settings(self) -> list[SettingsValue]:
        return settings_for(self.settings if isinstance(self.settings, list) else [self.settings])


public(globals(), "takk.models")
