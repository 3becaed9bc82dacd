"""References: which resource, service or secret a value comes from, if a tag alone is not enough."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Optional

from takk._lazy import public
from takk._vocabulary.tags import ResourceTags


@dataclass
class ResourceRef:
    """A part of a named resource: `Annotated[str, ResourceRef(ResourceTags.psql_dsn, "warehouse")]`.

    Every name is a separate resource; a tag alone means the one named `default`.
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
        """Parses a reference, or returns `None`. Without a name it means the default resource."""
        tag, _, name = val.partition(":")
        return ResourceRef(ResourceTags(tag), name or "default") if ResourceTags.is_tag(tag) else None


@dataclass
class ServiceUrl:
    """The URL of another component: `Annotated[AnyUrl, ServiceUrl("api", "external")]`.

    `value` is the component's full name in the project, including its groups (`back_office.admin`). `internal` is the URL inside
    the cluster, `external` the public one. The protocol `none` gives only host and port.
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
        """Parses a reference, or returns `None`. The protocol defaults to `http`."""
        parts: list[Any] = val.split(":")
        if parts[0] != "service" or len(parts) not in (3, 4):
            return None
        return ServiceUrl(*parts[1:])


@dataclass
class SecretRef:
    """A secret of the project by name, for an alert's webhook."""

    name: str


@dataclass
class Template:
    """A value that is composed of parts: `Annotated[str, Template(["host=", ResourceTags.psql_host])]`.

    Strings are used as they are; tags, `ResourceRef` and `ServiceUrl` are replaced by the value that they refer to.
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
        """Parses a template, or returns `None`."""
        prefix, _, text = val.partition(":")
        if prefix != "template":
            return None
        try:
            parts = json.loads(text)
        except ValueError:
            return None
        return Template([_part(part) for part in parts])


def _part(text: str) -> ResourceTags | ResourceRef | ServiceUrl | str:
    """Parses one part. A tag without a name stays a tag."""
    if ResourceTags.is_tag(text):
        return ResourceTags(text)
    return ResourceRef.from_string(text) or ServiceUrl.from_string(text) or text


public(globals(), "takk.secrets")
