"""Models with AWS SSM, as implemented by moto."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from takk.runtime import (
    AuthError,
    ConfigError,
    Secret,
    SecretModel,
    SecretNotFoundError,
    Ssm,
    TransientError,
    backend_from_env,
)

boto3 = pytest.importorskip("boto3")
pytestmark = pytest.mark.takk_network


class Proxy:
    """Forwards requests to moto, records what each one requests, and fails on request."""

    def __init__(self, target: str) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.failures: list[tuple[int, bytes]] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                proxy.asked.append((self.headers["X-Amz-Target"], json.loads(body)))
                if proxy.failures:
                    status, answer = proxy.failures.pop(0)
                else:
                    request = urllib.request.Request(target, body, dict(self.headers), method="POST")
                    try:
                        with urllib.request.urlopen(request, timeout=10) as response:
                            status, answer = response.status, response.read()
                    except urllib.error.HTTPError as error:
                        status, answer = error.code, error.read()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def proxy(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    proxy = Proxy(aws)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", proxy.url)
    yield proxy
    proxy.server.shutdown()
    proxy.server.server_close()


@pytest.fixture
def client(aws: str) -> Any:
    return boto3.client("ssm", endpoint_url=aws)


def put(client: Any, stage: str, **values: str) -> None:
    for name, value in values.items():
        client.put_parameter(Name=f"/{stage}/{name}", Value=value, Type="SecureString", Overwrite=True)


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> str:
    """Each test has parameters of its own."""
    return str(request.node.name)


class App(SecretModel):
    stage: str
    password: str = Secret("/{stage}/password")
    port: int = Secret("/{stage}/port", ttl=0)
    first: str = Secret("/{stage}/key", version=1)


def test_values_versions_and_rotation(client: Any, proxy: Proxy, stage: str) -> None:
    put(client, stage, password="hunter1", port="5432", key="k1")
    put(client, stage, password="hunter2", key="k2")
    app = App(stage=stage, backend=Ssm())
    app.prefetch()
    # One call returns both the current values and the pinned one.
    assert len(proxy.asked) == 1, proxy.asked
    target, body = proxy.asked[0]
    assert target == "AmazonSSM.GetParameters" and body["WithDecryption"] is True
    assert sorted(body["Names"]) == [f"/{stage}/{name}" for name in ("key:1", "password", "port")]
    assert (app.password, app.port, app.first) == ("hunter2", 5432, "k1")
    put(client, stage, port="5433")
    assert app.port == 5433
    source = next(source for source in app.sources() if source.path == f"/{stage}/password")
    assert source.version == "2" and "AWS SSM" in source.backend and "hunter" not in repr(app.sources())


def test_a_hundred_paths_are_ten_calls(client: Any, proxy: Proxy, stage: str) -> None:
    names = [f"p{number}" for number in range(100)]
    put(client, stage, **{name: f"value-{name}" for name in names})
    fields = {name: Secret(f"/{{stage}}/{name}") for name in names}
    Many = type(
        "Many", (SecretModel,), {"__annotations__": {"stage": str, **dict.fromkeys(names, str)}, **fields}
    )
    app = Many(stage=stage, backend=Ssm())
    app.prefetch()
    assert [len(body["Names"]) for _, body in proxy.asked] == [10] * 10
    assert all(getattr(app, name) == f"value-{name}" for name in names) and len(proxy.asked) == 10


def test_one_missing_name_does_not_lose_the_others(client: Any, proxy: Proxy, stage: str) -> None:
    put(client, stage, password="hunter2", port="5432", key="k1")

    class More(App):
        other: str = Secret("/{stage}/other", description="the other one")

    app = More(stage=stage, backend=Ssm())
    with pytest.raises(SecretNotFoundError, match="the other one"):
        app.prefetch()
    count = len(proxy.asked)
    assert (app.password, app.first) == ("hunter2", "k1") and len(proxy.asked) == count


def test_throttling_is_tried_again_and_the_rest_is_said(
    client: Any, proxy: Proxy, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client, stage, password="hunter2")
    throttled = (400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}')
    monkeypatch.setenv("TAKK_SECRETS_BACKEND", "aws-ssm")
    proxy.failures = [throttled]
    assert App(stage=stage, backend=backend_from_env()).password == "hunter2" and len(proxy.asked) == 2
    for answer, expected in [
        (throttled, TransientError),
        ((400, b'{"__type": "AccessDeniedException", "message": "not authorized"}'), AuthError),
        ((400, b'{"__type": "UnrecognizedClientException", "message": "the token"}'), AuthError),
        ((200, b"<html>"), ConfigError),
    ]:
        proxy.failures = [answer]
        with pytest.raises(expected, match=r"App\.password") as caught:
            App(stage=stage, backend=Ssm()).password
        assert "hunter" not in str(caught.value)
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(ConfigError, match="AWS_REGION"):
        Ssm()
