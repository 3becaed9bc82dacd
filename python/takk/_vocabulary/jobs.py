"""Components that run to completion: on a schedule, or when they are started."""

import inspect
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from takk._lazy import public
from takk._vocabulary.alerts import Alert, Contact
from takk._vocabulary.arguments import encode_job_arguments, job_arguments
from takk._vocabulary.builds import DockerBuild, image_name
from takk._vocabulary.compute import Compute, Privileges
from takk._vocabulary.containers import CompiledContainer, compiled_alerts, contacts_or_none, job_id
from takk._vocabulary.functions import function_ref
from takk._vocabulary.scalers import ContainerScaler, CronScaler
from takk._vocabulary.settings import SecretClass, SettingsValue, settings_for
from takk._vocabulary.volumes import VolumeTypes, resolve_volumes

Arguments = TypeVar("Arguments", bound=BaseModel)


class CompiledJob(BaseModel):
    """A `Job` in its older compiled form."""

    name: str
    function_ref: str
    arguments: dict[str, Any]
    description: str
    cron_schedule: str | None = None
    contacts: list[Contact] | None = None
    settings: list[SettingsValue] | None = None
    environments: dict[str, str] = Field(default_factory=dict)
    compute: Compute = Field(default_factory=Compute)
    custom_command: str | None = None
    docker_image: str | None = None
    definition_id: str | None = None

    def command(self, project_name: str) -> str:
        """The command that runs it."""
        if self.custom_command is not None:
            return self.custom_command
        arguments = encode_job_arguments(self.arguments)
        return (
            f"python -m takk.cli run-job --project-name={project_name} --job-id={self.id()}"
            f" --file-ref {self.function_ref} --args '{arguments}'"
        )

    def id(self) -> str:
        """The identifier of its runs, derived from the name."""
        return job_id(self.name)


@dataclass
class BashJob:
    """A command that runs to completion: `BashJob("python -m shop.legacy")`."""

    command: list[str] | str
    cron_schedule: str | None = None
    description: str | None = None
    contacts: list[Contact] | Contact | None = None
    settings: list[SecretClass] | None = None
    environments: dict[str, str] = field(default_factory=dict)
    compute: Compute = field(default_factory=Compute)
    docker_build: DockerBuild | str | None = None
    alerts: list[Alert] | None = None
    user: Privileges = field(default_factory=Privileges)

    def used_description(self) -> str:
        """The description, by default one that names the command."""
        command = self.command if isinstance(self.command, str) else " ".join(self.command)
        return self.description or f"A job running: {command}"

    def to_container(self, name: str, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form."""
        command = shlex.split(self.command) if isinstance(self.command, str) else self.command
        return _container(self, name, command)


@dataclass
class Job(Generic[Arguments]):
    """A function that runs to completion: `Job(report, arguments=ReportArguments(days=1), cron_schedule="0 3 * * *")`.

    `arguments` is a model if the function takes one, or a dictionary by parameter name.
    """

    main_function: Callable[..., None] | Callable[..., Awaitable[None]]
    arguments: Arguments | dict[str, object] | None = None
    cron_schedule: str | None = None
    description: str | None = None
    contacts: list[Contact] | Contact | None = None
    settings: list[SecretClass] | None = None
    environments: dict[str, str] = field(default_factory=dict)
    compute: Compute = field(default_factory=Compute)
    docker_build: DockerBuild | str | None = None
    alerts: list[Alert] | None = None
    user: Privileges = field(default_factory=Privileges)
    volumes: list[VolumeTypes] | VolumeTypes | None = None

    async def run(self, arguments: Arguments | dict[str, object] | None = None) -> None:
        """Runs the function in this process, by default with the job's own arguments."""
        given = encode_job_arguments(self.arguments if arguments is None else arguments)
        result = self.main_function(**job_arguments(self.main_function, given))
        if inspect.isawaitable(result):
            await result

    def encoded_arguments(self) -> str | None:
        """The arguments as JSON."""
        return encode_job_arguments(self.arguments)

    def payload_arguments(self) -> dict[str, object] | None:
        """The arguments as plain values."""
        if isinstance(self.arguments, BaseModel):
            return self.arguments.model_dump(mode="json")
        return self.arguments

    def used_description(self) -> str:
        """The description, by default the function's docstring, or one that names the function."""
        written = self.description or self.main_function.__doc__
        return written or f"A cron job with schedule '{self.cron_schedule}' that runs {self.main_function.__name__}"

    def function_ref(self, root_path: Path) -> str:
        """The function as `module:name`."""
        return function_ref(self.main_function, root_path)

    def compile(self, name: str) -> CompiledJob:
        """The component in its older compiled form."""
        return CompiledJob(
            name=name,
            function_ref=self.function_ref(Path.cwd()),
            arguments=self.payload_arguments() or {},
            description=self.used_description(),
            cron_schedule=self.cron_schedule,
            contacts=contacts_or_none(self.contacts),
            settings=settings_for(self.settings or []),
            environments=self.environments,
            compute=self.compute,
            docker_image=image_name(self.docker_build, name),
        )

    def to_container(self, name: str, root_path: Path | None = None) -> CompiledContainer:
        """The component in its compiled form."""
        reference = function_ref(self.main_function, root_path)
        command = ["python", "-m", "takk.cli", "run-job", f"--job-id={job_id(name)}", "--file-ref", reference]
        encoded = self.encoded_arguments()
        if encoded is not None:
            command += ["--args", encoded]
        container = _container(self, name, command, self.payload_arguments())
        container.volumes = resolve_volumes(self.volumes, name)
        return container


def _container(
    job: "BashJob | Job[Any]", name: str, command: list[str], payload: dict[str, object] | None = None
) -> CompiledContainer:
    """A job of either kind. One with a schedule is retried when it fails."""
    scalers: list[ContainerScaler] | None = None
    if job.cron_schedule is not None:
        scalers = [CronScaler(schedule=job.cron_schedule, payload=payload)]
    return CompiledContainer(
        name=name,
        docker_image=image_name(job.docker_build, name),
        command=command,
        environments=job.environments,
        settings=settings_for(job.settings or []),
        contacts=contacts_or_none(job.contacts),
        compute=job.compute,
        restart_policy="Never" if scalers is None else "OnFailure",
        scalers=scalers,
        description=job.used_description(),
        alerts=compiled_alerts(job.alerts, name),
        user=job.user,
    )


public(globals(), "takk.models")
