"""What a container is given: processor, memory, disk, rights, and the node it runs on."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from takk._lazy import public
from takk._vocabulary.literals import LinuxCapability


class Compute(BaseModel):
    """What a container may use at most: thousandths of a processor, and megabytes of memory and disk."""

    mvcpu_limit: int = 1000
    mb_memory_limit: int = 1024
    mb_local_storage_limit: int = 1000


@dataclass
class ComputeRequest:
    """What a container needs at least: thousandths of a processor, megabytes of memory and disk, graphics processors."""

    min_mvcpus: int = 1000
    min_mb_ram: int = 1024
    min_mb_local_storage: int = 1000
    min_gpus: int = 0


@dataclass
class ServerlessCompute:
    """What each of a number of containers may use, and how many of them run."""

    compute: Compute
    min_scale: int = 0
    max_scale: int = 1


class Privileges(BaseModel):
    """The user that a container runs as. By default an ordinary one that can do nothing else: `user_id=0` is root."""

    user_id: int = 1000
    group_id: int | None = None
    capabilities: list[LinuxCapability | str] = Field(default_factory=list)
    allow_privilege_escalation: bool = False


@dataclass
class AccessRule:
    """What a container may do with objects of the Kubernetes API."""

    api_groups: list[str]
    resources: list[str]
    verbs: list[str]


class CompiledAccessRule(BaseModel):
    """An `AccessRule` of a compiled container."""

    api_groups: list[str]
    resources: list[str]
    verbs: list[str]


class Toleration(BaseModel):
    """Lets a container run on nodes with this taint."""

    key: str | None = None
    operator: Literal["Exists", "Equal"] = "Exists"
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None


class NodeSelection(BaseModel):
    """The nodes that a container of the scope `node` or `cluster` runs on."""

    tolerations: list[Toleration] | None = None
    node_selector: dict[str, str] | None = None


public(globals(), "takk.models")
