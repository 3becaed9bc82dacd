"""The project: its components, what they share, and their groups."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar, Union, runtime_checkable

from pydantic import BaseModel, Field

from takk._lazy import public
from takk._vocabulary.alerts import Alert, CompiledAlert, Contact, compile_alert
from takk._vocabulary.builds import Image, image_name
from takk._vocabulary.containers import CompiledContainer, ContainerRepresentable, contacts_or_none
from takk._vocabulary.instances import CompiledResource, Resource
from takk._vocabulary.revisions import Revision, revisions_for_alembic_config
from takk._vocabulary.settings import SecretClass, SettingsValue, settings_for
from takk._vocabulary.workers import Worker

Component: TypeAlias = ContainerRepresentable | Resource
GroupChild: TypeAlias = Union[ContainerRepresentable, Resource, "Group"]
"""What a project or a group can contain."""
Item = TypeVar("Item")


class Group:
    """Components that belong together: `back_office=Group(admin=NetworkApp(...), clean_up=Job(...))`.

    They are called `back_office.admin` and `back_office.clean_up`. Groups may hold groups. Contacts and tags of a group are added to
    those of everything in it.
    """

    children: "dict[str, GroupChild]"
    contacts: list[Contact] | Contact | None
    tags: list[str] | None

    def __init__(
        self,
        contacts: list[Contact] | Contact | None = None,
        tags: list[str] | None = None,
        **children: "GroupChild | None",
    ) -> None:
        self.contacts = contacts
        self.tags = tags
        self.children = {name: child for name, child in children.items() if child}


class Project:
    """The project that takk reads: `project = Project(name="shop", api=FastAPIApp("shop.api"))`.

    Every other keyword argument is a component, a resource, or a group, and the keyword is its name. `None` is ignored. Every component
    reads `shared_settings`; `shared_secrets` is another name for them.
    """

    name: str
    additional_dirs: list[Path] | None
    testing_dirs: list[Path] | None
    docker_image: Image
    shared_settings: list[SecretClass] | None
    alerts: list[Alert]
    components: dict[str, Component]
    project_source: str = "unknown"

    def __init__(
        self,
        name: str,
        additional_dirs: Sequence[str | Path] | None = None,
        testing_dirs: Sequence[str | Path] | None = None,
        docker_image: Image = None,
        shared_settings: list[SecretClass] | None = None,
        alerts: list[Alert] | None = None,
        *,
        shared_secrets: list[SecretClass] | None = None,
        **kwargs: GroupChild | None,
    ) -> None:
        self.name = name.replace("_", "-")
        self.additional_dirs = None if additional_dirs is None else [Path(each) for each in additional_dirs]
        self.testing_dirs = [Path(each) for each in testing_dirs or ("tests", "conftest.py")]
        self.docker_image = docker_image
        both = [*(shared_settings or []), *(shared_secrets or [])]
        self.shared_settings = None if shared_settings is None and shared_secrets is None else both
        self.alerts = alerts or []
        self.components = flatten_components(kwargs, "", [], [])

    @property
    def workers(self) -> list[Worker]:
        """The workers among the components."""
        return [component for component in self.components.values() if isinstance(component, Worker)]


@runtime_checkable
class HasContacts(Protocol):
    """Anything that can have contacts."""

    contacts: list[Contact] | Contact | None


@runtime_checkable
class HasTags(Protocol):
    """Anything that can have tags."""

    tags: list[str] | None


def contact_list(contacts: list[Contact] | Contact | None) -> list[Contact]:
    """The contacts as a list, empty without any."""
    return contacts_or_none(contacts) or []


def dedupe(items: Iterable[Item]) -> list[Item]:
    """Each item once, in order of first appearance."""
    seen: list[Item] = []
    for item in items:
        if item not in seen:
            seen.append(item)
    return seen


def with_field(item: Component, **updates: Any) -> Component:
    """The same component with other values of these fields."""
    if isinstance(item, BaseModel):
        return item.model_copy(update=updates)
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        return dataclasses.replace(item, **updates)
    return item


def with_inherited_metadata(
    item: Component, inherited_contacts: list[Contact], inherited_tags: list[str]
) -> Component:
    """The component with the contacts and tags of its groups, if it can have any."""
    if inherited_contacts and isinstance(item, HasContacts):
        item = with_field(item, contacts=dedupe([*contact_list(item.contacts), *inherited_contacts]))
    if inherited_tags and isinstance(item, HasTags):
        item = with_field(item, tags=dedupe([*(item.tags or []), *inherited_tags]))
    return item


def flatten_components(
    items: Mapping[str, GroupChild | None], prefix: str, inherited_contacts: list[Contact], inherited_tags: list[str]
) -> dict[str, Component]:
    """Components by their full names, which are prefixed with the names of their groups."""
    flat: dict[str, Component] = {}
    for name, item in items.items():
        if not item:
            continue
        full = f"{prefix}{name}"
        if isinstance(item, Group):
            contacts: list[Contact] = dedupe([*inherited_contacts, *contact_list(item.contacts)])
            tags: list[str] = dedupe([*inherited_tags, *(item.tags or [])])
            flat.update(flatten_components(item.children, f"{full}.", contacts, tags))
        else:
            flat[full] = with_inherited_metadata(item, inherited_contacts, inherited_tags)
    return flat


class CompiledProject(BaseModel):
    """A project in its compiled form."""

    name: str
    docker_image: str | None
    shared_settings: list[SettingsValue]
    containers: list[CompiledContainer]
    resources: list[CompiledResource]
    alerts: list[CompiledAlert] = Field(default_factory=list)
    packages: list[str]
    project_source: str
    revisions: list[Revision]
    version: str | None = None

    @property
    def network_apps(self) -> list[CompiledContainer]:
        """The components that accept connections over the network."""
        return [container for container in self.containers if container.kind == "network_app"]

    @property
    def jobs(self) -> list[CompiledContainer]:
        """The components that run to completion."""
        return [container for container in self.containers if container.kind in ("job", "cron")]

    @property
    def workers(self) -> list[CompiledContainer]:
        """The components that take work from a queue."""
        return [container for container in self.containers if container.kind == "worker"]

    @property
    def subscribers(self) -> list[CompiledContainer]:
        """The components that listen for messages."""
        return [container for container in self.containers if container.kind == "subscriber"]

    def components(self) -> list[CompiledContainer]:
        """All components."""
        return self.containers

    @staticmethod
    def from_project(
        project: Project, packages: list[str], version: str | None = None, current_dir: Path | None = None
    ) -> "CompiledProject":
        """Compiles a project. Its modules are imported from `current_dir`, by default the working directory.

        Raises `TypeError` for a value that is not a component.
        """
        root = current_dir or Path.cwd()
        resources: list[CompiledResource] = []
        containers: list[CompiledContainer] = []
        for name, component in project.components.items():
            if isinstance(component, Resource):
                resources.append(component.resource(name))
            elif hasattr(component, "to_container"):
                containers.append(component.to_container(name, root))
            else:
                raise TypeError(f"{name} of the project {project.name} is no component: {type(component).__name__}")
        image = project.docker_image
        return CompiledProject(
            name=project.name,
            docker_image=image_name(image(project) if callable(image) else image, project.name),
            shared_settings=settings_for(project.shared_settings or []),
            containers=containers,
            resources=resources,
            alerts=[compile_alert(alert) for alert in project.alerts],
            packages=packages,
            project_source=project.project_source,
            revisions=revisions_for_alembic_config(root / "alembic.ini"),
            version=version,
        )


public(globals(), "takk.models")
