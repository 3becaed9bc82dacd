"""Publishing, subscribing and queueing with real servers: NATS, and moto as SQS, both from PyPI."""

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydantic import BaseModel, NatsDsn
from pydantic_settings import BaseSettings
from takk.models import NatsStreamConfig, NatsSubscriberConfig, PubSub, QueueMessage, Worker
from takk.secrets import NatsCredsFile

sys.path.insert(0, str(Path(__file__).with_name("project")))

SCRIPTS = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def server(command: list[str], port: int) -> "subprocess.Popen[bytes]":
    """Starts a server, and waits until it listens."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{command[0]} ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(f"{command[0]} does not listen")


def started(program: str, arguments: list[str], port: int):
    found = shutil.which(program, path=str(SCRIPTS))
    if found is None:
        pytest.skip(f"{program} is not installed here; tests/python.sh installs it")
    process = server([found, *arguments], port)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def nats(tmp_path, monkeypatch):
    port = free_port()
    monkeypatch.setenv("NATS_URL", f"nats://127.0.0.1:{port}")
    yield from started("nats-server", ["-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(tmp_path)], port)


@pytest.fixture(scope="module")
def moto():
    port = free_port()
    yield from started("moto_server", ["-H", "127.0.0.1", "-p", str(port)], port)


class Placed(BaseModel):
    number: int


async def publish(subject: "PubSub[Placed]", *numbers: int) -> None:
    for number in numbers:
        await subject.publish(Placed(number=number))


def test_messages_reach_those_who_listen(nats):
    seen: list[int] = []

    async def on_placed(event: Placed) -> None:
        seen.append(event.number)

    placed = PubSub(Placed, subject="shop.placed")
    subscriber = placed.subscriber(on_placed)
    subscriber.max_iterations = 3
    # The stream stores messages that were published before anyone subscribed.
    asyncio.run(publish(placed, 1, 2, 3))
    asyncio.run(asyncio.wait_for(subscriber.subscribe(), 20))
    assert seen == [1, 2, 3]


def test_a_failed_handler_gets_the_message_again(nats):
    seen: list[int] = []

    def on_placed(event: Placed) -> None:
        seen.append(event.number)
        if len(seen) == 1:
            raise RuntimeError("the first time")

    placed = PubSub(Placed, subject="shop.again")
    subscriber = placed.subscriber(on_placed)
    subscriber.max_iterations = 2
    asyncio.run(publish(placed, 7))
    asyncio.run(asyncio.wait_for(subscriber.subscribe(), 20))
    assert seen == [7, 7]


def test_a_message_of_another_type_is_dropped_and_not_shown(nats, caplog):
    class Other(BaseModel):
        secret: str

    seen: list[int] = []

    def on_placed(event: Placed) -> None:
        seen.append(event.number)

    placed, other = PubSub(Placed, subject="shop.typed"), PubSub(Other, subject="shop.typed")
    subscriber = placed.subscriber(on_placed)
    subscriber.max_iterations = 2

    async def both() -> None:
        await other.publish(Other(secret="do not log me"))
        await placed.publish(Placed(number=5))

    asyncio.run(both())
    asyncio.run(asyncio.wait_for(subscriber.subscribe(), 20))
    assert seen == [5]
    assert "number" in caplog.text
    assert "do not log me" not in caplog.text


def test_the_same_key_is_published_once(nats):
    seen: list[int] = []

    def on_placed(event: Placed) -> None:
        seen.append(event.number)

    placed = PubSub(Placed, subject="shop.once", broker=NatsStreamConfig(deduplicate_key="number"))
    subscriber = placed.subscriber(on_placed)
    subscriber.max_iterations = 2
    asyncio.run(publish(placed, 1, 1, 2))
    asyncio.run(asyncio.wait_for(subscriber.subscribe(), 20))
    assert seen == [1, 2]


def test_at_most_once_hears_what_is_published_meanwhile(nats):
    seen: list[int] = []

    def on_placed(event: Placed) -> None:
        seen.append(event.number)
        raise RuntimeError("it is not delivered again")

    placed = PubSub(Placed, subject="shop.most")
    subscriber = placed.subscriber(on_placed, config=NatsSubscriberConfig(guarantee="at-most-once"))
    subscriber.max_iterations = 2

    async def meanwhile() -> None:
        listening = asyncio.create_task(subscriber.subscribe())
        number = 0
        while not listening.done():
            number += 1
            await placed.publish(Placed(number=number))
            await asyncio.sleep(0.1)
        await listening

    asyncio.run(asyncio.wait_for(meanwhile(), 20))
    assert len(seen) == 2 and seen[0] != seen[1]


def test_the_fields_of_a_settings_class_are_found_by_type_and_tag(monkeypatch):
    from takk._vocabulary.nats import _login

    class Broker(BaseSettings):
        events: NatsDsn
        events_login: NatsCredsFile | None = None

    monkeypatch.setenv("EVENTS", "nats://broker:4222")
    assert _login(Broker) == ("nats://broker:4222", None)
    monkeypatch.setenv("EVENTS_LOGIN", "the text of a creds file")
    assert _login(Broker) == ("nats://broker:4222", "the text of a creds file")

    class Nothing(BaseSettings):
        pass

    with pytest.raises(ValueError, match="Nothing has no field of the type NatsDsn"):
        _login(Nothing)


def test_queued_functions_run_in_the_worker(moto, monkeypatch, capsys):
    from depot import tasks

    monkeypatch.chdir(Path(tasks.__file__).parents[1])
    monkeypatch.setenv("SQS_ENDPOINT", f"http://127.0.0.1:{moto}")
    for name in ("SQS_ACCESS_KEY", "SQS_SECRET_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("SQS_REGION_NAME", "eu-north-1")
    worker = Worker("depot")

    async def work() -> None:
        await worker.queue(tasks.of_a_model, tasks.Load(tonnes=3))
        queue = worker.broker().with_name("depot")
        [message] = await queue.receive()
        await QueueMessage.model_validate_json(message.body).run()
        await queue.delete(message)

    asyncio.run(asyncio.wait_for(work(), 30))
    assert "loaded tonnes=3" in capsys.readouterr().out
