"""takk's own store as a backend, and the backend that a project names."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import ROOT

from takk import current_env
from takk.runtime import (
    ConfigError,
    Secret,
    SecretModel,
    SecretNotFoundError,
    Store,
    TakkError,
    TransientError,
    backend_from_env,
    backend_from_project,
)

pytestmark = pytest.mark.takk_network

TAKK = Path(os.environ.get("TAKK", Path(__file__).parents[3] / "target/debug/takk"))


class App(SecretModel):
    stage: str = "dev"
    password: str = Secret("/{stage}/db/password")
    port: int = Secret("/{stage}/db/port")
    key: str = Secret("/{stage}/my-key", ttl=0)
    first: str = Secret("/{stage}/my-key", version=1)


SETTINGS = '[project]\nname = "shop"\nversion = "1"\n'


class Project:
    """A project with values in takk's own store."""

    def __init__(self, root: Path, calls: Path) -> None:
        self.root, self.calls = root, calls
        root.mkdir()
        (root / "pyproject.toml").write_text(SETTINGS)
        fields = "".join(f'    {name}: str = Secret("/{{stage}}/{path}")\n' for name, path in PATHS.items())
        source = f'from takk.runtime import Secret, SecretModel\n\nclass App(SecretModel):\n    stage: str = "dev"\n{fields}'
        (root / "settings.py").write_text(source)

    def set(self, name: str, value: str) -> None:
        command = [TAKK, "secrets", "set", name, "--env", "dev", "--stdin"]
        subprocess.run(command, cwd=self.root, input=value.encode(), capture_output=True, check=True)

    def starts(self) -> int:
        return len(self.calls.read_text().splitlines()) if self.calls.exists() else 0


PATHS = {"password": "db/password", "port": "db/port", "key": "my-key"}


@pytest.fixture
def takk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for `PATH` with a takk that counts its starts."""
    directory = tmp_path / "bin"
    directory.mkdir()
    program(directory, f'echo >> {tmp_path}/calls\nexec {TAKK} "$@"')
    for name in ("TAKK_ENV", "TAKK_SECRETS_BACKEND", "VAULT_ADDR", "VAULT_TOKEN", "TAKK_SERVER", "TAKK_TOKEN", "TAKK_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
    monkeypatch.setenv("TAKK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TAKK_KEYRING", "off")
    current_env.cache_clear()
    yield directory
    current_env.cache_clear()


def program(directory: Path, text: str) -> None:
    (directory / "takk").write_text(f"#!/bin/sh\n{text}\n")
    (directory / "takk").chmod(0o755)


@pytest.fixture
def project(tmp_path: Path, takk: Path) -> Project:
    project = Project(tmp_path / "shop", tmp_path / "calls")
    project.set("DEV_DB_PASSWORD", "hunter2")
    project.set("DEV_DB_PORT", "5432")
    project.set("DEV_MY-KEY", "k1")
    project.set("DEV_MY-KEY", "k2")
    return project


def test_values_versions_and_one_call_for_all(project: Project) -> None:
    app = App(backend=Store("dev", root=project.root))
    app.prefetch()
    # One call for the current values, and another for the pinned one.
    assert project.starts() == 2
    assert (app.password, app.port, app.first) == ("hunter2", 5432, "k1")
    assert project.starts() == 2
    assert app.key == "k2"
    project.set("DEV_MY-KEY", "k3")
    assert app.key == "k3"
    assert Store(root=project.root).get_batch(["/dev/db/password", "dev/db/port"]) == {
        "/dev/db/password": "hunter2",
        "dev/db/port": "5432",
    }


def test_the_environment_is_that_of_the_program(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("TAKK_SECRETS_BACKEND", "takk")
    assert App(backend=backend_from_env()).password == "hunter2"
    assert repr(Store("prod")) == "<Store: takk's store>"


def test_what_is_missing_is_named_and_loses_nothing(project: Project) -> None:
    class More(App):
        other: str = Secret("/{stage}/other")
        ninth: str = Secret("/{stage}/my-key", version=9)

    app = More(backend=Store("dev", root=project.root))
    with pytest.raises(TakkError):
        app.prefetch()
    starts = project.starts()
    assert (app.password, app.port) == ("hunter2", 5432) and project.starts() == starts
    with pytest.raises(SecretNotFoundError, match=r"More\.other: .*DEV_OTHER.*takk secrets set DEV_OTHER --env dev"):
        app.other
    with pytest.raises(SecretNotFoundError, match=r"/dev/my-key@9"):
        app.ninth


def test_a_foreign_checkout_gets_no_value(project: Project, tmp_path: Path) -> None:
    foreign = Project(tmp_path / "foreign", tmp_path / "calls")
    with pytest.raises(ConfigError, match="cannot read takk's store: .*shop") as caught:
        App(backend=Store("dev", root=foreign.root)).password
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigError, match="no such directory|not a directory|does not exist|cannot"):
        Store("dev", root=tmp_path / "nowhere").get("/dev/db/password")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sleep 30", TransientError),
        ("echo hunter2", ConfigError),
        ("echo '[{\"value\": \"hunter2\"}]'", ConfigError),
        ("echo 'error: cannot reach https://takk.example: no route' >&2; exit 2", TransientError),
        ("exit 3", ConfigError),
    ],
)
def test_an_executable_that_fails(takk: Path, text: str, expected: type[TakkError]) -> None:
    program(takk, text)
    with pytest.raises(expected) as caught:
        App(backend=Store("dev", timeout=0.3)).password
    assert "hunter2" not in f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"


def test_without_the_executable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConfigError, match="not installed.*pip install takk"):
        App(backend=Store("dev")).password


def test_ctrl_c_ends_the_wait(takk: Path) -> None:
    program(takk, "exec sleep 30")
    script = "from takk.runtime import Store\nprint(1, flush=True)\nStore('dev').get('/a')\n"
    waiting = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert waiting.stdout is not None and waiting.stdout.readline() == "1\n"
    time.sleep(0.5)
    begun = time.monotonic()
    waiting.send_signal(signal.SIGINT)
    said = waiting.communicate(timeout=30)[1]
    assert "KeyboardInterrupt" in said and time.monotonic() - begun < 10


def test_the_backend_of_a_project(project: Project, monkeypatch: pytest.MonkeyPatch, bao) -> None:
    bao.put("prod/db/password", value="of-vault")
    settings = """
        [tool.takk.secrets]
        backend = "takk"

        [tool.takk.secrets.environments]
        prod = { kind = "vault", kv_version = 2 }
        test = ["takk", { kind = "dotenv", path = "test.env" }]
    """
    (project.root / "pyproject.toml").write_text(SETTINGS + textwrap.dedent(settings))
    (project.root / "test.env").write_text("TEST_DB_PASSWORD=of-dotenv\n")
    below = project.root / "src" / "shop"
    below.mkdir(parents=True)
    monkeypatch.setenv("VAULT_ADDR", bao.url)
    monkeypatch.setenv("VAULT_TOKEN", ROOT)
    # From the program's working directory, or from the one that it specifies.
    monkeypatch.chdir(project.root)
    assert App(backend=backend_from_project()).password == "hunter2"
    assert App(stage="test", backend=backend_from_project("test")).password == "of-dotenv"
    monkeypatch.chdir("/")
    monkeypatch.setenv("TAKK_ENV", "prod")
    current_env.cache_clear()
    assert App(stage="prod", backend=backend_from_project(root=project.root)).password == "of-vault"
    monkeypatch.chdir(below)
    assert App(stage="prod", backend=backend_from_project()).password == "of-vault"
    monkeypatch.setenv("TAKK_SECRETS_BACKEND", "env")
    monkeypatch.setenv("PROD_DB_PASSWORD", "of-the-environment")
    assert App(stage="prod", backend=backend_from_project()).password == "of-the-environment"


def test_what_a_project_must_not_or_cannot_name(tmp_path: Path, takk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(text: str, name: str = "pyproject.toml") -> str:
        root = tmp_path / "refused"
        root.mkdir(exist_ok=True)
        (root / name).write_text(text)
        with pytest.raises(ConfigError) as caught:
            backend_from_project("dev", root=root)
        assert "hunter2" not in str(caught.value)
        return str(caught.value)

    monkeypatch.setenv("VAULT_ADDR", "https://vault.example")
    monkeypatch.setenv("VAULT_TOKEN", "hunter2")
    evil = '[tool.takk.secrets]\nbackend = { kind = "vault", url = "https://evil.example" }\n'
    assert "only a repository names" in refused(evil)
    assert "names no backend of secret paths for the environment `dev`" in refused(SETTINGS)
    assert "takk check" in refused('[tool.takk.secrets]\nbackend = { kind = "vault", token = "hunter2" }\n')
    assert "takk check" in refused("password = hunter2")
    # A `takk.toml` replaces all settings in pyproject.toml.
    (tmp_path / "refused" / "pyproject.toml").write_text('[tool.takk.secrets]\nbackend = "env"\n')
    assert "takk.toml names no backend" in refused("", "takk.toml")
    with pytest.raises(ConfigError, match="there is no pyproject.toml or takk.toml"):
        backend_from_project("dev", root=tmp_path / "nowhere")
