"""A proxy between the program and its backend."""

import select
import socket
import threading
from collections.abc import Iterator

import pytest
from servers import ROOT, Bao

from takk.runtime import ConfigError, Secret, SecretModel, TakkError, TransientError, Vault

pytestmark = pytest.mark.takk_network


class App(SecretModel):
    key: str = Secret("key")


class Proxy:
    """Connects every request to the server behind it, whatever its host, or rejects it."""

    def __init__(self, target: int, refusal: str | None = None) -> None:
        self.target, self.refusal = target, refusal
        self.asked: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://user:hunter2@127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.connect, args=(connection,), daemon=True).start()

    def connect(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        self.asked.append(head.decode())
        if self.refusal is not None:
            connection.sendall(f"HTTP/1.1 {self.refusal}\r\nContent-Length: 0\r\n\r\n".encode())
            connection.close()
            return
        server = socket.create_connection(("127.0.0.1", self.target))
        if head.startswith(b"CONNECT "):
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            server.sendall(head)
        while True:
            for one in select.select([connection, server], [], [])[0]:
                data = one.recv(65536)
                if not data:
                    return
                (server if one is connection else connection).sendall(data)


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        for spelled in (name, name.lower()):
            monkeypatch.delenv(spelled, raising=False)
    return monkeypatch


@pytest.fixture
def refusing() -> Iterator[Proxy]:
    proxy = Proxy(0, "407 Proxy Authentication Required")
    yield proxy
    proxy.listener.close()


def test_a_secret_is_read_through_a_proxy(bao: Bao, clean: pytest.MonkeyPatch) -> None:
    bao.put("key", value="k")
    proxy = Proxy(bao.port)
    clean.setenv("HTTP_PROXY", proxy.url)
    clean.setenv("HTTPS_PROXY", proxy.url)
    # Only the proxy can resolve the name.
    assert App(backend=Vault("http://vault.example.invalid:8200", token=ROOT)).key == "k"
    assert proxy.asked and "vault.example.invalid" in proxy.asked[0]
    # Servers on this machine, and those in NO_PROXY, bypass the proxy.
    before = len(proxy.asked)
    assert App(backend=Vault(bao.url, token=ROOT)).key == "k"
    clean.setenv("NO_PROXY", "vault.example.invalid")
    with pytest.raises(TransientError, match="cannot reach Vault at http://vault.example.invalid:8200"):
        App(backend=Vault("http://vault.example.invalid:8200", token=ROOT)).key
    assert len(proxy.asked) == before


def test_a_proxy_that_refuses_or_is_not_there_is_named(refusing: Proxy, clean: pytest.MonkeyPatch) -> None:
    def failure(url: str) -> str:
        clean.setenv("HTTP_PROXY", url)
        clean.setenv("HTTPS_PROXY", url)
        with pytest.raises(TakkError) as caught:
            App(backend=Vault("https://vault.example.invalid:8200", token=ROOT)).key
        said = str(caught.value)
        assert isinstance(caught.value, (TransientError, ConfigError)), caught.value
        assert "hunter2" not in said and ROOT not in said and "vault.example.invalid" in said, said
        return said

    assert "proxy" in failure(refusing.url)
    assert "proxy" in failure("http://127.0.0.1:9")
    assert "proxy" in failure("no scheme at all")
