"""Components that accept connections over the network."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from takk._lazy import public
from takk._vocabulary.alerts import Alert, Contact
from takk._vocabulary.builds import DockerBuild, image_and_build
from takk._vocabulary.checks import HealthChecks, HttpGet, resolve_health_check
from takk._vocabulary.compute import Compute, Privileges
from takk._vocabulary.containers import CompiledContainer, CompiledMonitoring, compiled_alerts, contacts_or_none
from takk._vocabulary.functions import module_ref, source_path
from takk._vocabulary.network import ConnectionSelector, Egress, Ingress, Rule
from takk._vocabulary.settings import SecretClass, settings_for
from takk._vocabulary.volumes import Volume, resolve_volumes

if TYPE_CHECKING:
    from takk._vocabulary.project import Project


@dataclass
class NetworkApp:
    """A program that listens on a port: `NetworkApp(port=9000, command=["python", "-m", "shop.admin"])`."""

    port: int
    command: list[str] | None = None
    description: str | None = None
    environments: dict[str, str] | None = None
    settings: list[SecretClass] | None = None
    contacts: list[Contact] | Contact | None = None
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    https_only: bool = True
    domain_names: list[str] | str | None = None
    allow: list[ConnectionSelector | Rule] | None = None
    deny: list[ConnectionSelector | Rule] | None = None
    egress: Egress | None = None
    tags: list[str] | None = None
    health_check: str | HttpGet | HealthChecks | None = None
    volumes: list[Volume] | None = None
    monitoring_path: str | None = None
    docker_image: str | None = None
    docker_build: "DockerBuild | Callable[[Project], DockerBuild] | None" = None
    alerts: list[Alert] | None = None
    user: Privileges = field(default_factory=Privileges)

    def to_container(self, name: str, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form."""
        names = self.domain_names
        monitoring = None
        if self.monitoring_path is not None:
            monitoring = CompiledMonitoring(port=self.port, path=self.monitoring_path, interval=_SCRAPED_EVERY)
        return CompiledContainer(
            name=name,
            docker_image=self.docker_image,
            docker_build=image_and_build(self.docker_build, name)[1],
            command=self.command,
            environments=self.environments,
            settings=settings_for(self.settings or []),
            contacts=contacts_or_none(self.contacts),
            compute=self.compute,
            min_scale=self.min_scale,
            max_scale=self.max_scale,
            ingress=Ingress(
                port=self.port,
                https_only=self.https_only,
                domain_names=[names] if isinstance(names, str) else names,
                allow=self.allow,
                deny=self.deny,
            ),
            egress=self.egress,
            volumes=resolve_volumes(self.volumes, name),
            tags=self.tags,
            description=self.description,
            health_check=resolve_health_check(self.health_check, self.port),
            monitoring=monitoring,
            alerts=compiled_alerts(self.alerts, name),
            user=self.user,
        )


_SCRAPED_EVERY = timedelta(seconds=15)


class Served:
    """A component that is a `NetworkApp` with a command of its own."""

    def network_app(self, root_path: Path) -> NetworkApp:
        """The component as a `NetworkApp`."""
        raise NotImplementedError(type(self))

    def to_container(self, name: str, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form."""
        return self.network_app(root_path or Path.cwd()).to_container(name, root_path)


def startup_command(scripts: Sequence[str | Callable[..., object]], root_path: Path) -> list[str]:
    """Commands as they are, and each function as the command that runs its module."""
    return [
        script if isinstance(script, str) else f"python -m {module_ref(script, root_path)}" for script in scripts
    ]


@dataclass
class JupyterNotebook(Served):
    """JupyterLab without a login: only for a network that nobody but the team can reach."""

    port: int = 8888
    user: Privileges = field(default_factory=Privileges)

    def network_app(self, root_path: Path) -> NetworkApp:
        command = ["jupyter", "lab", "--ip=0.0.0.0", f"--port={self.port}", "--no-browser", "--allow-root"]
        login = ["--NotebookApp.token=''", "--NotebookApp.password=''"]
        return NetworkApp(port=self.port, command=[*command, *login], user=self.user)


@dataclass
class FastAPIApp:
    """A FastAPI application: its module, or the module's name with `:NAME` where the application is not called `app`."""

    app: ModuleType | str | None = None
    settings: list[SecretClass] | None = None
    environments: dict[str, str] | None = None
    contacts: list[Contact] | Contact | None = None
    port: int = 8000
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    https_only: bool = True
    domain_names: list[str] | str | None = None
    allow: list[ConnectionSelector | Rule] | None = None
    deny: list[ConnectionSelector | Rule] | None = None
    egress: Egress | None = None
    health_check: str | HealthChecks | None = None
    alerts: list[Alert] | None = None
    monitoring_path: str | None = None
    user: Privileges = field(default_factory=Privileges)

    def to_container(self, name: str, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form."""
        app = self.app if isinstance(self.app, str) or self.app is None else module_ref(self.app, root_path)
        listens = f"--host 0.0.0.0 --port {self.port}"
        if app is None:
            command, description = f"fastapi run {listens}", "FastAPI application"
        else:
            app = app if ":" in app else f"{app}:app"
            command, description = f"uvicorn {app} {listens}", f"FastAPI application at {app}"
        return _served(self, ["/bin/bash", "-c", command], description, ["fastapi"], self.monitoring_path).to_container(
            name, root_path
        )


@dataclass
class UvicornApp(Served):
    """An ASGI application that uvicorn serves: `UvicornApp("shop.api:app")`."""

    app: str
    settings: list[SecretClass] | None = None
    environments: dict[str, str] | None = None
    contacts: list[Contact] | Contact | None = None
    port: int = 8000
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    https_only: bool = True
    domain_names: list[str] | str | None = None
    allow: list[ConnectionSelector | Rule] | None = None
    deny: list[ConnectionSelector | Rule] | None = None
    egress: Egress | None = None
    health_check: str | HealthChecks | None = None
    tags: list[str] | None = None
    alerts: list[Alert] | None = None
    user: Privileges = field(default_factory=Privileges)

    def network_app(self, root_path: Path) -> NetworkApp:
        command = f"uvicorn {self.app} --host 0.0.0.0 --port {self.port}"
        tags = [*(self.tags or []), "uvicorn"]
        return _served(self, ["/bin/bash", "-c", command], f"Uvicorn application at {self.app}", tags)


@dataclass
class GuvicornApp(Served):
    """An ASGI application that gunicorn serves with uvicorn workers."""

    app: str
    settings: list[SecretClass] | None = None
    environments: dict[str, str] | None = None
    contacts: list[Contact] | Contact | None = None
    port: int = 8000
    workers: int = 1
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    https_only: bool = True
    domain_names: list[str] | str | None = None
    allow: list[ConnectionSelector | Rule] | None = None
    deny: list[ConnectionSelector | Rule] | None = None
    egress: Egress | None = None
    health_check: str | HealthChecks | None = None
    tags: list[str] | None = None
    alerts: list[Alert] | None = None
    user: Privileges = field(default_factory=Privileges)

    def network_app(self, root_path: Path) -> NetworkApp:
        workers = f"-k uvicorn.workers.UvicornWorker --bind 0.0.0.0:{self.port} --workers {self.workers}"
        command = ["/bin/bash", "-c", f"gunicorn {self.app} {workers}"]
        return _served(self, command, f"Gunicorn/Uvicorn application at {self.app}", [*(self.tags or []), "gunicorn"])


def _served(
    app: FastAPIApp | UvicornApp | GuvicornApp,
    command: list[str],
    description: str,
    tags: list[str],
    monitoring_path: str | None = None,
) -> NetworkApp:
    """The program that serves an application, with all arguments of the application."""
    return NetworkApp(
        port=app.port,
        command=command,
        description=description,
        environments=app.environments,
        settings=app.settings,
        contacts=app.contacts,
        compute=app.compute,
        min_scale=app.min_scale,
        max_scale=app.max_scale,
        https_only=app.https_only,
        domain_names=app.domain_names,
        allow=app.allow,
        deny=app.deny,
        egress=app.egress,
        tags=tags,
        health_check=app.health_check,
        monitoring_path=monitoring_path,
        alerts=app.alerts,
        user=app.user,
    )


@dataclass
class DbtServer(Served):
    """The documentation of a dbt project."""

    settings: list[SecretClass] | None = None
    environments: dict[str, str] | None = None
    contacts: list[Contact] | Contact | None = None
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    tags: list[str] | None = None
    https_only: bool = True
    domain_names: list[str] | str | None = None
    allow: list[ConnectionSelector | Rule] | None = None
    deny: list[ConnectionSelector | Rule] | None = None
    egress: Egress | None = None
    alerts: list[Alert] | None = None
    user: Privileges = field(default_factory=Privileges)

    def network_app(self, root_path: Path) -> NetworkApp:
        command = "dbt docs generate --static && dbt docs serve --port 8000 --host 0.0.0.0"
        return _page(self, 8000, command, "DBT Docs server", "dbt")


@dataclass
class StreamlitApp(Served):
    """A Streamlit application: a function in its file, or the file's path."""

    app: Callable[[], None] | Callable[[], Awaitable[None]] | str
    settings: list[SecretClass] | None = None
    environments: dict[str, str] | None = None
    contacts: list[Contact] | Contact | None = None
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    tags: list[str] | None = None
    https_only: bool = True
    domain_names: list[str] | str | None = None
    allow: list[ConnectionSelector | Rule] | None = None
    deny: list[ConnectionSelector | Rule] | None = None
    egress: Egress | None = None
    alerts: list[Alert] | None = None
    user: Privileges = field(default_factory=Privileges)

    def network_app(self, root_path: Path) -> NetworkApp:
        path = self.app if isinstance(self.app, str) else source_path(self.app, root_path).as_posix()
        description = None if isinstance(self.app, str) else self.app.__doc__
        return _page(self, 8501, f"python -m streamlit run {path}", description, "streamlit")


def _page(app: DbtServer | StreamlitApp, port: int, command: str, description: str | None, tag: str) -> NetworkApp:
    """A web page with a health check at `/healthz`."""
    return NetworkApp(
        port=port,
        command=["bash", "-c", command],
        description=description,
        environments=app.environments,
        settings=app.settings,
        contacts=app.contacts,
        compute=app.compute,
        min_scale=app.min_scale,
        max_scale=app.max_scale,
        https_only=app.https_only,
        domain_names=app.domain_names,
        allow=app.allow,
        deny=app.deny,
        egress=app.egress,
        tags=[*(app.tags or []), tag],
        health_check="/healthz",
        alerts=app.alerts,
        user=app.user,
    )


public(globals(), "takk.models")
