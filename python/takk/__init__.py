"""takk in Python: the words in which a project says what runs, what it needs, and what it is built on.

The names here are those of `takk.models` that most projects use. Nothing is imported before it is used.
"""

from takk._lazy import lazy as _lazy

TYPE_CHECKING = False  # Type checkers take it for the one of `typing`, which is slow to import.
if TYPE_CHECKING:
    from takk import (
        models as models,
        resources as resources,
        runtime as runtime,
        secrets as secrets,
        testing as testing,
    )
    from takk._vocabulary.apps import (
        FastAPIApp as FastAPIApp,
        GuvicornApp as GuvicornApp,
        NetworkApp as NetworkApp,
        StreamlitApp as StreamlitApp,
        UvicornApp as UvicornApp,
    )
    from takk._vocabulary.builds import DockerBuild as DockerBuild
    from takk._vocabulary.compute import Compute as Compute
    from takk._vocabulary.environment import current_env as current_env, value_for as value_for
    from takk._vocabulary.jobs import BashJob as BashJob, Job as Job
    from takk._vocabulary.project import Group as Group, Project as Project
    from takk._vocabulary.pubsub import PubSub as PubSub
    from takk._vocabulary.references import ResourceRef as ResourceRef, ServiceUrl as ServiceUrl
    from takk._vocabulary.servers import MlflowServer as MlflowServer
    from takk._vocabulary.tags import ResourceTags as ResourceTags
    from takk._vocabulary.volumes import (
        ConfigMapVolume as ConfigMapVolume,
        HostPathVolume as HostPathVolume,
        Volume as Volume,
    )
    from takk._vocabulary.workers import Worker as Worker

    __version__: str

_component, __dir__ = _lazy(
    __name__,
    {
        "apps": "FastAPIApp GuvicornApp NetworkApp StreamlitApp UvicornApp",
        "builds": "DockerBuild",
        "compute": "Compute",
        "environment": "current_env value_for",
        "jobs": "BashJob Job",
        "project": "Group Project",
        "pubsub": "PubSub",
        "references": "ResourceRef ServiceUrl",
        "servers": "MlflowServer",
        "tags": "ResourceTags",
        "volumes": "ConfigMapVolume HostPathVolume Volume",
        "workers": "Worker",
    },
)

_MODULES = ("models", "resources", "runtime", "secrets", "testing")


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("takk")
        except PackageNotFoundError:
            # Imported from a checkout that is not installed.
            return "unknown"
    if name in _MODULES:
        from importlib import import_module

        return import_module(f"takk.{name}")
    return _component(name)
