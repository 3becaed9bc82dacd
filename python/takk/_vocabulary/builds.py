"""Images that are built from the project's own code."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import BaseModel, Field

from takk._lazy import public

if TYPE_CHECKING:
    from takk._vocabulary.project import Project

# As in uv's guide to Docker: first what the lock file pins, so that a change of the code does not reinstall it.
_UV_DOCKERFILE = """\
FROM ghcr.io/astral-sh/uv:python{python}-trixie-slim
ARG APT_PACKAGES=""
RUN if [ -n "$APT_PACKAGES" ]; then apt-get update && apt-get install -y $APT_PACKAGES && rm -rf /var/lib/apt/lists/*; fi
WORKDIR /app
ARG UV_SYNC_FLAGS="--locked --no-dev"
COPY uv.lock pyproject.toml /app/
RUN --mount=type=cache,target=/root/.cache/uv uv sync $UV_SYNC_FLAGS --no-install-project
COPY . /app
RUN --mount=type=cache,target=/root/.cache/uv uv sync $UV_SYNC_FLAGS
ENV PATH="/app/.venv/bin:$PATH"
"""


class DockerBuild(BaseModel):
    """An image that is built: the path of a Dockerfile or its text, the build context, and build arguments."""

    image_name: str
    dockerfile: str | Path = Path("Dockerfile")
    context: Path = Path()
    args: dict[str, str] = Field(default_factory=dict)
    build_hash: tuple[Path, str] | None = None
    source_dir: Path | None = None

    @staticmethod
    def generate_default_uv_image(
        project: "Project", image_name: str | None = None, build_args: dict[str, str] | None = None
    ) -> "DockerBuild":
        """An image with the packages in the `uv.lock` of the working directory. Raises `ValueError` if there is none."""
        context = Path.cwd()
        lock = context / "uv.lock"
        if not lock.is_file():
            raise ValueError(f"cannot build an image without a lock: there is no {lock}")
        return DockerBuild(
            image_name=image_name or project.name,
            dockerfile=_UV_DOCKERFILE.format(python=_python_version(context)),
            context=context,
            args=build_args or {},
            build_hash=(Path("uv.lock"), "com.takk.lockhash"),
            source_dir=Path("/app"),
        )

    @staticmethod
    def default_uv_image(
        image_name: str | None = None, build_args: dict[str, str] | None = None
    ) -> "Callable[[Project], DockerBuild]":
        """The same, but built once the project is known: `docker_image=DockerBuild.default_uv_image()`."""
        return partial(DockerBuild.generate_default_uv_image, image_name=image_name, build_args=build_args)


Image: TypeAlias = "str | DockerBuild | Callable[[Project], DockerBuild] | None"


def _python_version(directory: Path) -> str:
    """The version in uv's `.python-version`, or otherwise the one that takk builds with."""
    path = directory / ".python-version"
    return path.read_text().strip() if path.is_file() else "3.12"


def image_and_build(image: Image, name: str) -> tuple[str | None, DockerBuild | None]:
    """The name of a component's image, or how to build it."""
    if isinstance(image, str) or image is None:
        return image, None
    return None, image if isinstance(image, DockerBuild) else image(_project(name))


def image_name(image: Image, name: str) -> str | None:
    """The name of a component's image, whether it is built or not."""
    given, build = image_and_build(image, name)
    return build.image_name if build is not None else given


def _project(name: str) -> "Project":
    """The argument of a function that builds an image for a component: a component does not know its project."""
    from takk._vocabulary.project import Project

    return Project(name)


public(globals(), "takk.models")
