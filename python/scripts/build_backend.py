"""Builds takk (PEP 517): maturin compiles the extension, and cargo the executable, which the wheel contains in its `scripts`.

A console script would start an interpreter first, which takes longer than most commands of takk.

Settings, as in `pip wheel -C profile=dev python`:

    profile     cargo's profile; `release` unless given
    target      the target triple; this machine unless given
    libc        the oldest glibc to support on Linux, as in `2.17`; zig then links against it
    executable  an executable to use instead of compiling one
"""

import gzip
import io
import os
import shlex
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import maturin
from maturin import (
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

Settings = Mapping[str, object] | None

# Where maturin looks for files to put into the wheel beside the package. It only exists during the build of a wheel: an editable
# installation has no executable, because that would have to be compiled first.
DATA = Path("takk._native.data")

# An sdist has the files of `python/` at its top level, where its pyproject.toml must be. What cargo needs is in this directory.
WORKSPACE = "workspace"

# What cargo needs to build the executable and the extension, including a benchmark, because Cargo.toml refers to it.
SOURCES = (".cargo/config.toml", "Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "askama.toml", "benches/checks.rs", "crates", "src")
PACKAGE = ("LICENSE", "README.md", "pyproject.toml", "scripts/build_backend.py", "takk")

MANIFEST = 'manifest-path = "{}/crates/extension/Cargo.toml"'


def build_wheel(wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None) -> str:
    """Builds the wheel for this platform, and returns its name."""
    settings = dict(config_settings or {})
    profile, target, libc = (str(settings.pop(name, "")) for name in ("profile", "target", "libc"))
    profile = profile or "release"
    executable = Path(str(settings.pop("executable", ""))).absolute() if "executable" in settings else _compile(profile, target, libc)
    arguments = [*_arguments(settings), "--profile", profile]
    if target:
        arguments += ["--target", target]
    if libc:
        arguments += ["--zig", "--compatibility", f"manylinux_{libc.replace('.', '_')}"]
    elif target.endswith("-musl"):
        arguments += ["--zig", "--compatibility", "musllinux_1_2"]
    shutil.rmtree(DATA, ignore_errors=True)
    try:
        (DATA / "scripts").mkdir(parents=True)
        shutil.copyfile(executable, DATA / "scripts/takk")
        (DATA / "scripts/takk").chmod(0o755)
        name: str = maturin.build_wheel(wheel_directory, {**settings, "maturin.build-args": arguments}, metadata_directory)
        return name
    finally:
        shutil.rmtree(DATA, ignore_errors=True)


def _arguments(settings: dict[str, object]) -> list[str]:
    """The arguments for maturin that the caller or the environment adds."""
    given = settings.pop("maturin.build-args", None) or settings.pop("build-args", None) or os.environ.get("MATURIN_PEP517_ARGS", "")
    return [str(argument) for argument in given] if isinstance(given, list) else shlex.split(str(given))


def _compile(profile: str, target: str, libc: str) -> Path:
    """Compiles the executable `takk`."""
    workspace = _workspace()
    command = ["cargo", "zigbuild" if libc or target.endswith("-musl") else "build"]
    command += ["--locked", "--package", "takk", "--bin", "takk", "--profile", profile]
    if target:
        command += ["--target", f"{target}.{libc}" if libc else target]
    subprocess.run(command, cwd=workspace, check=True)
    directory = Path(os.environ.get("CARGO_TARGET_DIR", workspace / "target")) / target / ("debug" if profile == "dev" else profile)
    return (directory / "takk").absolute()


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Builds an sdist from which `build_wheel` builds the same wheel, and returns its name.

    maturin's own sdist omits all crates that the extension does not need, and with them the executable.
    """
    workspace = _workspace()
    members = {PurePosixPath(name): Path(name).read_bytes() for name in _files(Path(), PACKAGE)}
    members |= {PurePosixPath(WORKSPACE, name): (workspace / name).read_bytes() for name in _files(workspace, SOURCES)}
    configuration = members[PurePosixPath("pyproject.toml")].decode()
    members[PurePosixPath("pyproject.toml")] = configuration.replace(MANIFEST.format(".."), MANIFEST.format(WORKSPACE)).encode()
    with tempfile.TemporaryDirectory() as directory:
        information = prepare_metadata_for_build_wheel(directory)
        members[PurePosixPath("PKG-INFO")] = Path(directory, information, "METADATA").read_bytes()
    top = information.removesuffix(".dist-info")
    name = f"{top}.tar.gz"
    # The same files give the same bytes, regardless of who packs them and when.
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    with (
        open(Path(sdist_directory, name), "wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=moment) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, content in sorted(members.items()):
            entry = tarfile.TarInfo(str(top / path))
            entry.size, entry.mtime, entry.mode = len(content), moment, 0o644
            archive.addfile(entry, io.BytesIO(content))
    return name


def _workspace() -> Path:
    """The directory of the cargo workspace, in an sdist or a checkout."""
    return Path(WORKSPACE) if Path(WORKSPACE, "Cargo.toml").exists() else Path("..")


def _files(directory: Path, names: Iterable[str]) -> list[str]:
    """The files at and below some paths, relative to a directory. In a checkout, only those that git tracks: there may be others."""
    if _workspace() == Path(".."):
        listed = subprocess.run(["git", "ls-files", "-z", "--error-unmatch", "--", *names], cwd=directory, check=True, stdout=subprocess.PIPE).stdout
        return [name for name in listed.decode().split("\0") if name and (directory / name).is_file()]
    found = [path for name in names for path in [directory / name, *(directory / name).rglob("*")]]
    kept = [path for path in found if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so"]
    return [path.relative_to(directory).as_posix() for path in kept]
