"""What a container gets: CPU, memory, disk, privileges, and the node it runs on."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from takk._lazy import public
from takk._vocabulary.literals import LinuxCapability


class Compute(BaseModel):
    """The resource limits of a container: thousandths of a CPU, and megabytes of memory and disk."""

    mvcpu_limit: int = 1000
    mb_memory_limit: int = 1024
    mb_local_storage_limit: int = 1000


@dataclass
class ComputeRequest:
    """The resource requests of a container: thousandths of a CPU, megabytes of memory and disk, and GPUs."""

    min_mvcpus: int = 1000
    min_mb_ram: int = 1024
    min_mb_local_storage: int = 1000
    min_gpus: int = 0


@dataclass
class ServerlessCompute:
    """The resources of each replica, and the number of replicas."""

    compute: Compute
    min_scale: int = 0
    max_scale: int = 1


class Privileges(BaseModel):
    """The user that a container runs as. By default it is unprivileged; `user_id=0` is root."""

    user_id: int = 1000
    group_id: int | None = None
    capabilities: list[LinuxCapability | str] = Field(default_factory=list)
    allow_privilege_escalation: bool = False


@dataclass
class AccessRule:
    """Grants a container access to objects of the Kubernetes API."""

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
