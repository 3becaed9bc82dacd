"""Servers that teams run next to their own code."""

from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from takk._lazy import public
from takk._vocabulary.alerts import Contact
from takk._vocabulary.apps import NetworkApp, Served
from takk._vocabulary.compute import Compute
from takk._vocabulary.configs import ObjectStorageConfig, UnleashConfig
from takk._vocabulary.settings import SecretClass


@dataclass
class LokiServer(Served):
    """A server for logs."""

    docker_image: str = "grafana/loki"
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    tags: list[str] | None = None
    contacts: list[Contact] | Contact | None = None
    domain_names: list[str] | str | None = None

    def network_app(self, root_path: Path) -> NetworkApp:
        return _server(self, NetworkApp(port=3100, description="A logging service"), "loki")


@dataclass
class UnleashServer(Served):
    """A server for feature toggles: `unleash=UnleashServer()`."""

    settings: list[SecretClass] = field(default_factory=lambda: [UnleashConfig])
    docker_image: str = "unleashorg/unleash-server:latest"
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    tags: list[str] | None = None
    contacts: list[Contact] | Contact | None = None
    domain_names: list[str] | str | None = None

    def network_app(self, root_path: Path) -> NetworkApp:
        app = NetworkApp(port=4242, description="A feature toggle service", settings=self.settings)
        return _server(self, app, "unleash")


@dataclass
class MlflowServer(Served):
    """An MLflow server: `mlflow=MlflowServer(domain_names="mlflow.example.org")`.

    `mlflow_version` defaults to the version of the installed client.
    """

    mlflow_version: str | None = None
    settings: list[SecretClass] = field(default_factory=lambda: [ObjectStorageConfig])
    docker_image: str = "ghcr.io/mlflow/mlflow"
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    tags: list[str] | None = None
    contacts: list[Contact] | Contact | None = None
    domain_names: list[str] | str | None = None

    def network_app(self, root_path: Path) -> NetworkApp:
        server = self.mlflow_version or _installed_mlflow()
        command = "mlflow server --host 0.0.0.0 --port 8000"
        # MLflow 3 only accepts requests for hosts that it was told to allow.
        if server.split(".")[0] == "3":
            command += " --allowed-hosts=*"
        app = NetworkApp(
            port=8000,
            command=["bash", "-c", command],
            description="An MLFlow Server used for tracking experiments and managing model versions."
            f" Using version: {server}.",
            settings=self.settings,
        )
        app = _server(self, app, "mlflow-server")
        if ":" not in self.docker_image:
            app.docker_image = f"{self.docker_image}:v{server}"
        return app


def _server(component: LokiServer | UnleashServer | MlflowServer, app: NetworkApp, tag: str) -> NetworkApp:
    """The program with all arguments of the component."""
    app.docker_image = component.docker_image
    app.compute = component.compute
    app.min_scale, app.max_scale = component.min_scale, component.max_scale
    app.tags = [*(component.tags or []), tag]
    app.contacts, app.domain_names = component.contacts, component.domain_names
    return app


def _installed_mlflow() -> str:
    """The version of the installed client, by default one that MLflow 3 clients are compatible with."""
    for package in ("mlflow", "mlflow-skinny"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return "3.5.0"


public(globals(), "takk.models")
