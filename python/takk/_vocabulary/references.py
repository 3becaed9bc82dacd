"""References: which resource, service or secret a value comes from, where a tag alone does not say it."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Optional

from takk._lazy import public
from takk._vocabulary.tags import ResourceTags


@dataclass
class ResourceRef:
    """A part of a named resource: `Annotated[str, ResourceRef(ResourceTags.psql_dsn, "warehouse")]`.

    Every name is a resource of its own; the name `default` is the one that a tag alone means.
    """

    tag: ResourceTags
    name: str = "default"

    def __hash__(self) -> int:
        return hash(self.to_string())

    def __str__(self) -> str:
        return self.to_string()

    def to_string(self) -> str:
        """The text that `from_string` reads: `TAG:NAME`."""
        return f"{self.tag.value}:{self.name}"

    @staticmethod
    def from_string(val: str) -> Optional["ResourceRef"]:
        """The reference that this text is, or `None` if it is none. Without a name it means the default resource."""
        tag, _, name = val.partition(":")
        return ResourceRef(ResourceTags(tag), name or "default") if ResourceTags.is_tag(tag) else None


@dataclass
class ServiceUrl:
    """The address of another component: `Annotated[AnyUrl, ServiceUrl("api", "external")]`.

    `value` is the component's name in the project, with its groups before it (`back_office.admin`). `internal` is the address
    inside the cluster, `external` the public one. The protocol `none` gives host and port alone.
    """

    value: str
    url_type: Literal["internal", "external"]
    protocol: Literal["http", "https", "none"] = "http"

    def __hash__(self) -> int:
        return hash(self.to_string())

    def __str__(self) -> str:
        return self.to_string()

    def to_string(self) -> str:
        """The text that `from_string` reads: `service:NAME:TYPE:PROTOCOL`."""
        return f"service:{self.value}:{self.url_type}:{self.protocol}"

    @staticmethod
    def from_string(val: str) -> Optional["ServiceUrl"]:
        """The reference that this text is, or `None` if it is none. Without a protocol it is `http`."""
        parts: list[Any] = val.split(":")
        if parts[0] != "service" or len(parts) not in (3, 4):
            return None
        return ServiceUrl(*parts[1:])


@dataclass
class SecretRef:
    """A secret of the project by its name, where an alert's webhook needs one."""

    name: str


@dataclass
class Template:
    """A value put together from parts: `Annotated[str, Template(["host=", ResourceTags.psql_host])]`.

    Texts stand for themselves; tags, `ResourceRef` and `ServiceUrl` for what they refer to.
    """

    parts: list[ResourceTags | ResourceRef | ServiceUrl | str]

    def serialize_part(self, part: ResourceTags | ResourceRef | ServiceUrl | str) -> str:
        """One part as `to_string` writes it."""
        if isinstance(part, ResourceTags):
            part = ResourceRef(part)
        return part.to_string() if isinstance(part, (ResourceRef, ServiceUrl)) else part

    def to_string(self) -> str:
        """The text that `from_string` reads: `template:` and a JSON list of the parts."""
        return "template:" + json.dumps([self.serialize_part(part) for part in self.parts])

    @staticmethod
    def from_string(val: str) -> Optional["Template"]:
        """The template that this text is, or `None` if it is none."""
        prefix, _, text = val.partition(":")
        if prefix != "template":
            return None
        try:
            parts = json.loads(text)
        except ValueError:
            return None
        return Template([_part(part) for part in parts])


def _part(text: str) -> ResourceTags | ResourceRef | ServiceUrl | str:
    """A part from its text. A tag without a name stays a tag."""
    if ResourceTags.is_tag(text):
        return ResourceTags(text)
    return ResourceRef.from_string(text) or ServiceUrl.from_string(text) or text


public(globals(), "takk.secrets")
