"""Containers: what every component is compiled to."""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha1
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, Field, computed_field

from takk._lazy import public
from takk._vocabulary.alerts import Alert, CompiledAlert, Contact, compile_alert
from takk._vocabulary.builds import DockerBuild, Image, image_and_build
from takk._vocabulary.checks import Check, HealthChecks, resolve_health_check
from takk._vocabulary.compute import AccessRule, CompiledAccessRule, Compute, NodeSelection, Privileges
from takk._vocabulary.literals import ContainerKind, ContainerScope, RestartPolicy
from takk._vocabulary.network import Egress, Ingress
from takk._vocabulary.scalers import ContainerScaler, CronScaler, NatsScaler, SqsScaler
from takk._vocabulary.settings import SecretClass, SettingsValue, settings_for
from takk._vocabulary.volumes import CompiledVolume, VolumeTypes, resolve_volumes


class Sidecar(BaseModel):
    """A container next to the main one, for example to ship its logs."""

    name: str
    docker_image: str
    command: list[str] | None = None
    environments: dict[str, str] | None = None
    settings: list[SettingsValue] | None = None


@dataclass
class Monitoring:
    """Where Prometheus scrapes the metrics, and how often (seconds, or a `timedelta`)."""

    port: int
    path: str
    interval: int | timedelta


class CompiledMonitoring(BaseModel):
    """The `Monitoring` of a compiled container."""

    port: int
    path: str
    interval: timedelta


class CompiledContainer(BaseModel):
    """A component in its compiled form."""

    name: str
    docker_image: str | None = None
    docker_build: DockerBuild | None = None
    command: list[str] | None = None
    environments: dict[str, str] | None = None
    settings: list[SettingsValue] | None = None
    contacts: list[Contact] | None = None
    compute: Compute = Field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    restart_policy: RestartPolicy = "Always"
    ingress: Ingress | None = None
    egress: Egress | None = None
    volumes: list[CompiledVolume] | None = None
    sidecars: list[Sidecar] | None = None
    scalers: list[ContainerScaler] | None = None
    tags: list[str] | None = None
    description: str | None = None
    health_check: HealthChecks | None = None
    monitoring: CompiledMonitoring | None = None
    access_rules: list[CompiledAccessRule] | None = None
    alerts: list[CompiledAlert] | None = None
    scope: ContainerScope = "namespace"
    use_host_network: bool = False
    use_host_pid: bool = False
    node_selection: NodeSelection | None = None
    user: Privileges = Field(default_factory=Privileges)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def short_name(self) -> str:
        """The name without the groups before it."""
        return self.name.rpartition(".")[2]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def group_path(self) -> list[str]:
        """The groups of the component, the outermost first."""
        return self.name.split(".")[:-1]

    @property
    def kind(self) -> ContainerKind:
        """The kind of component."""
        if self.scope == "node":
            return "daemonset"
        for scaler in self.scalers or []:
            if isinstance(scaler, NatsScaler):
                return "subscriber"
            if isinstance(scaler, SqsScaler):
                return "worker"
            if isinstance(scaler, CronScaler):
                return "cron"
        return "job" if self.ingress is None else "network_app"

    def id(self) -> str:
        """The identifier of a job's runs, derived from the name."""
        return job_id(self.name)

    def with_name(self, name: str) -> "CompiledContainer":
        """The same container under another name."""
        return self.model_copy(update={"name": name})


class ContainerRepresentable(Protocol):
    """Anything that can be a component of a project."""

    def to_container(self, name: str, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form."""
        ...


@dataclass
class Container:
    """Any container: of an image, or of the project's own code."""

    docker_image: Image = None
    command: list[str] | None = None
    environments: dict[str, str] | None = None
    settings: list[SecretClass] | None = None
    contacts: list[Contact] | Contact | None = None
    compute: Compute = field(default_factory=Compute)
    min_scale: int = 0
    max_scale: int = 1
    restart_policy: RestartPolicy = "Always"
    ingress: Ingress | None = None
    volumes: list[VolumeTypes] | VolumeTypes | None = None
    sidecars: list[Sidecar] | None = None
    scalers: list[ContainerScaler] | None = None
    tags: list[str] | None = None
    description: str | None = None
    health_check: str | int | list[str] | Check | HealthChecks | None = None
    monitoring: Monitoring | None = None
    access_rules: list[AccessRule] | None = None
    alerts: list[Alert] | None = None
    scope: ContainerScope = "namespace"
    use_host_network: bool = False
    use_host_pid: bool = False
    node_selection: NodeSelection | None = None
    egress: Egress | None = None
    user: Privileges = field(default_factory=Privileges)

    def to_container(self, name: str, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form."""
        image, build = image_and_build(self.docker_image, name)
        return CompiledContainer(
            name=name,
            docker_image=image,
            docker_build=build,
            command=self.command,
            environments=self.environments,
            settings=None if self.settings is None else settings_for(self.settings),
            contacts=contacts_or_none(self.contacts),
            compute=self.compute,
            min_scale=self.min_scale,
            max_scale=self.max_scale,
            restart_policy=self.restart_policy,
            ingress=self.ingress,
            egress=self.egress,
            volumes=resolve_volumes(self.volumes, name),
            sidecars=self.sidecars,
            scalers=self.scalers,
            tags=self.tags,
            description=self.description,
            health_check=resolve_health_check(self.health_check),
            monitoring=_monitoring(self.monitoring),
            access_rules=_rules(self.access_rules),
            alerts=compiled_alerts(self.alerts, name),
            scope=self.scope,
            use_host_network=self.use_host_network,
            use_host_pid=self.use_host_pid,
            node_selection=self.node_selection,
            user=self.user,
        )


def job_id(name: str) -> str:
    """The identifier of the runs of a job with this name."""
    return sha1(name.encode(), usedforsecurity=False).hexdigest()


def contacts_or_none(contacts: list[Contact] | Contact | None) -> list[Contact] | None:
    """One contact as a list; `None` stays `None`."""
    return [contacts] if isinstance(contacts, Contact) else contacts


def compiled_alerts(alerts: list[Alert] | None, name: str) -> list[CompiledAlert] | None:
    """The alerts of a component."""
    return None if alerts is None else [compile_alert(alert, name) for alert in alerts]


def _rules(rules: list[AccessRule] | None) -> list[CompiledAccessRule] | None:
    if rules is None:
        return None
    return [
        CompiledAccessRule(api_groups=rule.api_groups, resources=rule.resources, verbs=rule.verbs) for rule in rules
    ]


def _monitoring(monitoring: Monitoring | None) -> CompiledMonitoring | None:
    if monitoring is None:
        return None
    interval = monitoring.interval
    interval = interval if isinstance(interval, timedelta) else timedelta(seconds=interval)
    return CompiledMonitoring(port=monitoring.port, path=monitoring.path, interval=interval)


public(globals(), "takk.models")
