"""The package `vaultly` on top of `takk.runtime`: its names, and its backends with and without the client of another library."""

import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import boto3
import hvac
import pytest
import takk.runtime
import vaultly
from botocore.config import Config
from botocore.exceptions import ClientError
from moto import mock_aws
from servers import ROOT
from takk.testing import fake_backend
from vaultly import (
    AuthError,
    ConfigError,
    EnvBackend,
    MockBackend,
    RetryingBackend,
    Secret,
    SecretModel,
    SecretNotFoundError,
    TransientError,
    VaultlyError,
)
from vaultly.backends.aws_ssm import AWSSSMBackend
from vaultly.backends.vault import VaultBackend

network = pytest.mark.takk_network

NAMES = """
    SecretModel Secret Backend EnvBackend MockBackend RetryingBackend VaultlyError ConfigError MissingContextVariableError
    SecretNotFoundError AuthError TransientError
"""


def test_the_names_are_those_of_vaultly():
    assert sorted(vaultly.__all__) == sorted(NAMES.split())
    for name in vaultly.__all__:
        assert getattr(vaultly, name) is not None
    from vaultly.backends.base import Backend
    from vaultly.core.model import SecretModel as Model
    from vaultly.core.secret import Secret as Marker
    from vaultly.testing.mock import MockBackend as Mocked

    assert (Backend, Model, Marker, Mocked) == (vaultly.Backend, SecretModel, Secret, MockBackend)


def test_the_version_is_that_of_takk():
    directory = Path(__file__).parents[2]
    takk_version = re.search(r'^version = "(.*)"$', (directory / "pyproject.toml").read_text(), re.MULTILINE)
    ours = (directory / "vaultly-compat/pyproject.toml").read_text()
    assert takk_version is not None
    assert f'\nversion = "{takk_version[1]}"\n' in ours and f'"takk=={takk_version[1]}"' in ours


def test_exceptions_are_caught_by_either_name():
    assert VaultlyError is takk.runtime.TakkError
    app = App(stage="prod", backend=takk.runtime.Mock({}))
    with pytest.raises(VaultlyError):
        app.password


def test_neither_boto3_nor_hvac_has_to_be_there():
    script = """
        import sys
        for name in ("boto3", "botocore", "hvac", "requests"):
            sys.modules[name] = None
        from vaultly.backends.aws_ssm import AWSSSMBackend
        from vaultly.backends.vault import VaultBackend
        AWSSSMBackend(region_name="eu-north-1")
        VaultBackend(url="http://127.0.0.1:9", token="t", client_kwargs={"namespace": "a", "verify": True})

        class Refuses:
            class secrets:
                class kv:
                    class v2:
                        def read_secret_version(**_):
                            raise ConnectionError
        try:
            VaultBackend(client=Refuses).get("a")
        except __import__("vaultly").TransientError:
            print("good")
    """
    source = str(Path(vaultly.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, env=environment)
    assert done.stdout == "good\n", done.stderr


class App(SecretModel):
    stage: str
    password: str = Secret("/{stage}/db:password")
    port: int = Secret("/{stage}/db:port")
    key: str = Secret("/{stage}/key")


def test_fakes_know_models_of_vaultly(takk_secrets):
    app = App(stage="prod", backend=takk_secrets(App, values={"port": 5432}))
    assert (app.password, app.port) == ("fake:/prod/db:password", 5432)


# ------------------------------------------------------------------ plain backends


def test_env(monkeypatch):
    monkeypatch.setenv("SHOP_DB_KEY", "x")
    assert EnvBackend("SHOP").get("/db/key") == EnvBackend("SHOP_").get("db/key", version=3) == "x"


def test_retrying_waits_as_the_test_says():
    failures = [TransientError("1"), TransientError("2")]
    clock = [0.0]
    waits: list[float] = []
    told: list[tuple[int, float]] = []

    class Flaky(vaultly.Backend):
        def get(self, path, *, version=None):
            if failures:
                raise failures.pop()
            return path

    def sleep(delay: float) -> None:
        waits.append(delay)
        clock[0] += delay

    def hear(attempt: int, error: BaseException, delay: float) -> None:
        told.append((attempt, delay))
        raise RuntimeError

    options = {"sleep": sleep, "rng": lambda: 0.5, "monotonic": lambda: clock[0], "on_retry": hear}
    backend = RetryingBackend(Flaky(), base_delay=2, max_delay=3, total_timeout=10, **options)
    assert backend.get("/a") == "/a"
    assert waits == [1.0, 1.5] and told == [(1, 1.0), (2, 1.5)]
    failures[:] = [TransientError("3")] * 5
    with pytest.raises(TransientError):
        RetryingBackend(Flaky(), max_attempts=9, total_timeout=2.5, base_delay=2, max_delay=2, **options).get("/a")
    assert waits[2:] == [1.0, 1.0]
    with pytest.raises(ValueError, match="max_attempts"):
        RetryingBackend(Flaky(), max_attempts=0, sleep=sleep)


# ------------------------------------------------------------------ Vault


@pytest.fixture
def filled(bao):
    bao.put("prod/db", password="hunter2", port=5432, flags={"on": True})
    bao.put("prod/key", value="k")
    return bao


def client(bao, token: str = ROOT) -> hvac.Client:
    return hvac.Client(url=bao.url, token=token)


def both(bao, token: str = ROOT, **arguments):
    """The backend with and without an hvac client."""
    return [VaultBackend(client=client(bao, token), **arguments), VaultBackend(url=bao.url, token=token, **arguments)]


@network
@pytest.mark.parametrize("index", [0, 1], ids=["hvac", "takk"])
class TestVault:
    def test_reads(self, filled, index):
        backend = both(filled)[index]
        app = App(stage="prod", backend=backend)
        app.prefetch()
        assert (app.password, app.port, app.key) == ("hunter2", 5432, "k")
        assert json.loads(backend.get("prod/db:flags")) == {"on": True}
        assert backend.get_batch(["/prod/key", "prod/db:port"]) == {"/prod/key": "k", "prod/db:port": "5432"}
        assert both(filled, default_key="password")[index].get("prod/db") == "hunter2"

    def test_versions(self, filled, index):
        path = f"versions/{index}"
        filled.put(path, value="1")
        filled.put(path, value="2")
        backend = both(filled)[index]
        assert [backend.get(path, version=version) for version in (1, "1", 2, None)] == ["1", "1", "2", "2"]
        with pytest.raises(SecretNotFoundError):
            backend.get(path, version=9)
        with pytest.raises(ConfigError, match="versions"):
            backend.get(path, version="latest")
        filled.ask("DELETE", f"secret/data/{path}")
        with pytest.raises(SecretNotFoundError):
            backend.get(path)

    def test_what_is_not_there(self, filled, index):
        backend = both(filled)[index]
        for path in ("nowhere", "prod/db:nothing", "prod/db"):
            with pytest.raises(SecretNotFoundError):
                backend.get(path)
        # hvac raises the same exception for a missing path and a missing mount.
        with pytest.raises((SecretNotFoundError, ConfigError)):
            both(filled, mount_point="nothing")[index].get("prod/key")

    def test_a_token_that_may_not_read(self, filled, index):
        body = {"policies": ["default"], "ttl": "1h", "renewable": False}
        token = filled.ask("POST", "auth/token/create", body)["auth"]["client_token"]
        asked = []
        for factory in (None, lambda: asked.append(1) or ROOT):
            with pytest.raises(AuthError) as caught:
                both(filled, token, token_factory=factory)[index].get("prod/key")
            assert token not in str(caught.value)
        # The token is valid, so a new one would not help.
        assert asked == []

    # "`token_factory` is never called on a real server (OpenBao answers 403 for a dead token ...)"
    def test_a_dead_token_is_replaced(self, filled, index):
        token, made = filled.token(), []
        backend = both(filled, token, token_factory=lambda: made.append(1) or ROOT)[index]
        assert backend.get("prod/key") == "k" and made == []
        filled.revoke(token)
        failures = []

        def read() -> None:
            try:
                assert backend.get("prod/key") == "k"
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == [] and made == [1]

    def test_a_dead_token_without_a_factory(self, filled, index):
        token = filled.token()
        filled.revoke(token)
        with pytest.raises(AuthError):
            both(filled, token)[index].get("prod/key")

    def test_a_factory_that_fails_is_the_cause(self, filled, index):
        token = filled.token()
        filled.revoke(token)

        def factory() -> str:
            raise RuntimeError("no login")

        with pytest.raises(AuthError, match="token_factory raised RuntimeError") as caught:
            both(filled, token, token_factory=factory)[index].get("prod/key")
        assert isinstance(caught.value.__cause__, RuntimeError)

    def test_nothing_listens(self, index):
        down = SimpleNamespace(url="http://127.0.0.1:9")
        with pytest.raises(TransientError):
            both(down)[index].get("prod/key")


# "Vault reads one entry once per field"
@network
def test_an_entry_is_one_request_for_all_its_fields(filled):
    given = client(filled)
    reads: list[str] = []
    read = given.secrets.kv.v2.read_secret_version

    def counted(path: str, **arguments):
        reads.append(path)
        return read(path=path, **arguments)

    fake = SimpleNamespace(secrets=SimpleNamespace(kv=SimpleNamespace(v2=SimpleNamespace(read_secret_version=counted))))
    app = App(stage="prod", backend=VaultBackend(client=fake))
    app.prefetch()
    assert sorted(reads) == ["prod/db", "prod/key"] and app.port == 5432


def test_no_address(monkeypatch):
    for name in ("VAULT_ADDR", "BAO_ADDR"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError, match="VAULT_ADDR"):
        VaultBackend(token="t")


@network
def test_arguments_of_hvac(filled):
    known = VaultBackend(url=filled.url, token=ROOT, client_kwargs={"verify": True})
    made = VaultBackend(url=filled.url, token=ROOT, client_kwargs={"timeout": 5, "verify": False})
    assert known.get("prod/key") == made.get("prod/key") == "k"
    assert "_Client" in repr(made) and filled.url in repr(known)
    with pytest.raises(ConfigError):
        VaultBackend(url=filled.url, token=ROOT, client_kwargs={"verify": "/no/such/file.pem"}).get("prod/key")
    with pytest.raises(TypeError):
        VaultBackend(url=filled.url, token=ROOT, client_kwargs={"no_such": 1})


# ------------------------------------------------------------------ AWS


class Parameters(SecretModel):
    stage: str = "prod"
    password: str = Secret("/{stage}/password")
    port: int = Secret("/{stage}/port")
    old: str = Secret("/{stage}/password", version=1)


@network
@pytest.mark.parametrize("with_client", [True, False], ids=["boto3", "takk"])
def test_parameters(aws, with_client):
    given = boto3.client("ssm")
    for number in range(23):
        given.put_parameter(Name=f"/p/{number}", Value=str(number), Type="String", Overwrite=True)
    for value in ("old", "new"):
        given.put_parameter(Name="/prod/password", Value=value, Type="SecureString", Overwrite=True)
    given.put_parameter(Name="/prod/port", Value="5432", Type="String", Overwrite=True)
    backend = AWSSSMBackend(client=given) if with_client else AWSSSMBackend(region_name="eu-north-1")
    app = Parameters(backend=backend)
    app.prefetch()
    assert (app.password, app.port, app.old) == ("new", 5432, "old")
    many = {f"/p/{number}": str(number) for number in range(23)}
    sizes: list[int] = []
    given.meta.events.register("provide-client-params.ssm.GetParameters", lambda params, **_: sizes.append(len(params["Names"])))
    assert backend.get_batch([*many, "/p/0"]) == many
    # AWS rejects more than ten names per request; moto accepts them.
    assert sizes == ([10, 10, 3] if with_client else [])
    with pytest.raises(SecretNotFoundError, match="/none"):
        backend.get_batch(["/p/0", "/none"])
    with pytest.raises(SecretNotFoundError, match="/none"):
        backend.get("/none")
    with pytest.raises(SecretNotFoundError):
        backend.get("/prod/password", version=9)
    given.delete_parameters(Names=["/prod/password", "/prod/port"])


def refusing(code: str):
    def get_parameter(**_):
        raise ClientError({"Error": {"Code": code, "Message": "hunter2"}}, "GetParameter")

    return AWSSSMBackend(client=SimpleNamespace(get_parameter=get_parameter))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ParameterNotFound", SecretNotFoundError),
        ("ParameterVersionNotFound", SecretNotFoundError),
        ("AccessDeniedException", AuthError),
        ("UnrecognizedClientException", AuthError),
        ("ExpiredTokenException", AuthError),
        ("ValidationException", ConfigError),
        ("ThrottlingException", TransientError),
        ("InternalServerError", TransientError),
        ("NeverHeardOf", TransientError),
    ],
)
def test_what_aws_refuses(code, kind):
    with pytest.raises(VaultlyError, match=code) as caught:
        refusing(code).get("/x")
    assert type(caught.value) is kind
    assert "hunter2" not in str(caught.value)


# "KeyError, ValueError, NoRegionError escape `VaultlyError`", "missing AWS credentials are retried as transient"
def test_what_is_missing(aws, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    nobody = boto3.Session().client("ssm")
    with pytest.raises(AuthError, match="NoCredentialsError"):
        AWSSSMBackend(client=nobody).get("/x")
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    for config in (None, Config(read_timeout=1)):
        with pytest.raises(ConfigError, match="(?i)region"):
            AWSSSMBackend(config=config)


def test_moto_answers_where_it_replaces_boto3(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        boto3.client("ssm", region_name="us-east-1").put_parameter(Name="/a", Value="x", Type="String")
        assert AWSSSMBackend(region_name="us-east-1").get("/a") == "x"


# ------------------------------------------------------------------ no network in tests


def test_clients_that_are_made_do_not_connect(aws):
    backends = [
        VaultBackend(url="http://127.0.0.1:9", token="t"),
        VaultBackend(url="http://127.0.0.1:9", token="t", client_kwargs={"timeout": 1}),
        AWSSSMBackend(region_name="eu-north-1"),
        AWSSSMBackend(region_name="eu-north-1", config=Config(read_timeout=1)),
    ]
    for backend in backends:
        for read in (lambda: backend.get("/a"), lambda: backend.get_batch(["/a", "/b"])):
            with pytest.raises(ConfigError, match="a test may not ask .*takk_network"):
                read()


def test_a_client_that_is_given_is_asked():
    answer = {"Parameter": {"Value": "x"}}
    assert AWSSSMBackend(client=SimpleNamespace(get_parameter=lambda **_: answer)).get("/a") == "x"
    assert fake_backend(values={"/a": "x"}).get("/a") == "x"


# ------------------------------------------------------------------ messages of vaultly


def test_attributes_in_place_of_keywords():
    class Eager(SecretModel):
        _vaultly_validate = "fetch"
        _vaultly_stale_on_error = True
        key: str = Secret("/key", ttl=0.001)

    class Derived(Eager):
        other: str = Secret("/other")

    class Lazy(Eager, validate="none"):
        pass

    for model, paths in ((Eager, 1), (Derived, 2), (Lazy, 0)):
        backend = MockBackend({"/key": "x", "/other": "y"})
        app = model(backend=backend)
        assert len(backend.calls) == paths
        assert app.key == "x"
        backend.get = refuse  # type: ignore[method-assign]
        time.sleep(0.002)
        assert app.key == "x"


def refuse(path, *, version=None):
    raise TransientError("down")


def test_the_log_is_that_of_vaultly():
    script = """
        import logging
        import vaultly

        def quiet(record):
            record.msg = record.msg.replace("/secret/path", "***")
            record.args = ()
            return True

        logging.basicConfig(format="%(name)s %(message)s")
        logging.getLogger("vaultly").addFilter(quiet)
        logging.getLogger("takk.runtime").warning("a stale value at /secret/path")
        logging.getLogger("vaultly").setLevel("ERROR")
        logging.getLogger("takk.runtime").warning("not this")
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(vaultly.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, env=environment)
    assert done.stderr == "vaultly a stale value at ***\n"
