"""Messages over SQS."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from takk._vocabulary.configs import SqsConfig, SqsQueueSettings


@dataclass
class SqsMessage:
    """A received message, which stays in the queue until it is deleted."""

    message: Any
    body: str


@dataclass
class SqsQueue:
    """A queue."""

    queue: Any
    config: SqsQueueSettings

    async def receive(self) -> list[SqsMessage]:
        """Waits for messages and returns those that arrived: none if none arrived in time."""
        received = await asyncio.to_thread(
            self.queue.receive_messages,
            MaxNumberOfMessages=self.config.max_number_of_messages,
            WaitTimeSeconds=self.config.wait_time_seconds,
        )
        return [SqsMessage(message=message, body=message.body) for message in received]

    async def send(self, message: str | dict[str, Any] | BaseModel) -> None:
        """Sends a message: a string as it is, anything else as JSON."""
        if isinstance(message, BaseModel):
            message = message.model_dump_json()
        elif isinstance(message, dict):
            message = json.dumps(message)
        await asyncio.to_thread(self.queue.send_message, MessageBody=message)

    async def delete(self, message: SqsMessage) -> None:
        """Deletes a message from the queue."""
        await asyncio.to_thread(message.message.delete)


@dataclass
class SqsQueueBroker:
    """The message queue that a settings class configures."""

    config: SqsConfig
    queue_settings: SqsQueueSettings

    def with_name(self, name: str) -> SqsQueue:
        """The queue of this name, created if it does not exist."""
        import boto3

        # boto3 creates its classes at run time: they have no types.
        resource: Any = boto3.resource(
            "sqs",
            endpoint_url=str(self.config.sqs_endpoint),
            region_name=self.config.sqs_region_name,
            aws_access_key_id=self.config.sqs_access_key,
            aws_secret_access_key=self.config.sqs_secret_key.get_secret_value(),
        )
        try:
            queue = resource.get_queue_by_name(QueueName=name)
        except resource.meta.client.exceptions.QueueDoesNotExist:
            queue = resource.create_queue(QueueName=name, Attributes=self.queue_settings.attributes())
        return SqsQueue(queue, self.queue_settings)
