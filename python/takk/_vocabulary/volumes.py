"""Directories and files that are mounted in a container."""

from collections.abc import Sequence
from dataclasses import dataclass
from re import sub
from typing import Any, TypeAlias

from pydantic import BaseModel, Field

from takk._lazy import public
from takk._vocabulary.instances import CompiledResource
from takk._vocabulary.literals import StorageMode


@dataclass
class Storage:
    """Persistent storage, in megabytes."""

    min_mb: int
    mode: StorageMode = "read_write_once"
    class_name: str | None = None


class CompiledStorage(BaseModel):
    """A `Storage` of a compiled volume."""

    min_mb: int
    mode: StorageMode = "read_write_once"
    class_name: str | None = None


@dataclass
class HostPathVolume:
    """A directory of the node, mounted at the same path unless `mount_path` is given."""

    path: str
    mount_path: str | None = None
    read_only: bool = False


@dataclass
class Volume:
    """A persistent directory of `storage` megabytes.

    Its name defaults to one derived from `mount_path`. Volumes with the same `name` share one directory; `sub_path` mounts a part of it.
    """

    mount_path: str
    storage: Storage | int | None = None
    name: str | None = None
    sub_path: str | None = None


@dataclass
class ConfigMapVolume:
    """A file with this text, or with this value as JSON."""

    mount_path: str
    value: str | dict[str, Any] | BaseModel


VolumeTypes: TypeAlias = HostPathVolume | Volume | ConfigMapVolume | str
"""What `volumes=` accepts; a string is a `Volume` at that path."""


class PvcSource(BaseModel):
    """A persistent directory."""

    storage: CompiledStorage | None = None
    resource: CompiledResource | None = None


class HostPathSource(BaseModel):
    """A directory of the node."""

    path: str


class ConfigMapSource(BaseModel):
    """A text, or a value that is serialized as JSON."""

    data: str | dict[str, Any]


class CompiledVolume(BaseModel):
    """A volume of a compiled container."""

    name: str
    mount_path: str
    source: PvcSource | HostPathSource | ConfigMapSource = Field(default_factory=PvcSource)
    read_only: bool = False
    sub_path: str | None = None


def k8s_label_chars(value: str) -> str:
    """The text as a Kubernetes name: lower case letters, digits, and `-` between them."""
    return sub("[^a-z0-9-]", "-", value.lower()).strip("-")


def volume_name(container_name: str, mount_path: str) -> str:
    """The default name of a volume: the container's name and the last part of the path."""
    last = k8s_label_chars(mount_path.rstrip("/").rpartition("/")[2])
    return f"{container_name}-{last}" if last else container_name


def compile_storage(storage: Storage | int | None) -> CompiledStorage | None:
    """The storage in its compiled form."""
    if isinstance(storage, Storage):
        return CompiledStorage(min_mb=storage.min_mb, mode=storage.mode, class_name=storage.class_name)
    return None if storage is None else CompiledStorage(min_mb=storage)


def resolve_volumes(volumes: Sequence[VolumeTypes] | VolumeTypes | None, container_name: str) -> list[CompiledVolume] | None:
    """The volumes of a container in its compiled form."""
    if volumes is None:
        return None
    if isinstance(volumes, (HostPathVolume, Volume, ConfigMapVolume, str)):
        volumes = [volumes]
    return [_compiled(volume, container_name) for volume in volumes]


def _compiled(volume: VolumeTypes, container: str) -> CompiledVolume:
    if isinstance(volume, str):
        volume = Volume(volume)
    if isinstance(volume, HostPathVolume):
        path = volume.mount_path or volume.path
        source = HostPathSource(path=volume.path)
        return CompiledVolume(
            name=volume_name(container, path), mount_path=path, source=source, read_only=volume.read_only
        )
    name = volume_name(container, volume.mount_path)
    if isinstance(volume, ConfigMapVolume):
        data = volume.value.model_dump(mode="json") if isinstance(volume.value, BaseModel) else volume.value
        return CompiledVolume(name=name, mount_path=volume.mount_path, source=ConfigMapSource(data=data))
    return CompiledVolume(
        name=volume.name or name,
        mount_path=volume.mount_path,
        source=PvcSource(storage=compile_storage(volume.storage)),
        sub_path=volume.sub_path,
    )


public(globals(), "takk.models")
