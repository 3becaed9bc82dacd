"""OpenBao and moto, from PyPI."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = "root-of-the-test"
SCRIPTS = Path(sys.executable).parent


def start(program: str, arguments: list[str], port: int) -> "subprocess.Popen[bytes]":
    """Starts a server, and waits until it listens."""
    found = shutil.which(program, path=f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{program} is not installed here; tests/python.sh installs it")
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([found, *arguments], stdin=quiet, stdout=quiet, stderr=quiet)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{program} ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(f"{program} does not listen")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Bao:
    """OpenBao in memory, with a KV store of version 2 at `secret`."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        arguments = ["server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={ROOT}"]
        self.process = start("bao", [*arguments, f"-dev-listen-address=127.0.0.1:{self.port}"], self.port)
        deadline = time.monotonic() + 30
        while True:
            # The KV store is mounted shortly after the server starts to listen.
            try:
                self.put("ready", value="yes")
                return
            except OSError:
                assert time.monotonic() < deadline, "OpenBao does not get ready"
                time.sleep(0.05)

    def ask(self, method: str, path: str, body: object = None, token: str = ROOT) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/v1/{path}", data, {"X-Vault-Token": token}, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return dict(json.loads(text)) if text else {}

    def policy(self, name: str, text: str) -> None:
        self.ask("POST", f"sys/policies/acl/{name}", {"policy": text})

    def put(self, path: str, **fields: object) -> None:
        self.ask("POST", f"secret/data/{path}", {"data": fields})

    def token(self, ttl: str = "1h", policies: tuple[str, ...] = ("root",), name: str | None = None) -> str:
        body: dict[str, Any] = {"ttl": ttl, "policies": list(policies), "renewable": False}
        if name is not None:
            body["id"] = name
        return str(self.ask("POST", "auth/token/create", body)["auth"]["client_token"])

    def revoke(self, token: str) -> None:
        self.ask("POST", "auth/token/revoke", {"token": token})

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def bao() -> Iterator[Bao]:
    server = Bao()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    # In a thread, because moto takes seconds to import, and this process imports it anyway.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def aws(moto: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """moto as AWS, configured in the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    given = {"AWS_ENDPOINT_URL": moto, "AWS_REGION": "eu-north-1", "AWS_DEFAULT_REGION": "eu-north-1"}
    for name, value in {**given, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}.items():
        monkeypatch.setenv(name, value)
    return moto
