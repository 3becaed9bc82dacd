"""How takk is built (PEP 517): maturin compiles the extension, and cargo the executable that the wheel carries in its `scripts`.

A console script would start an interpreter first, which takes longer than most commands of takk.

Settings, as in `pip wheel -C profile=dev python`:

    profile     cargo's profile; `release` unless given
    target      what to build for; this machine unless given
    libc        the oldest glibc that Linux may have, as in `2.17`; zig then links against it
    executable  a file to take instead of compiling one
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

# Where maturin looks for what belongs in the wheel beside the package. It is there only while a wheel is built: an editable
# installation has no executable, which would have to be compiled first.
DATA = Path("takk._native.data")

# An sdist has the files of `python/` at its top, as every sdist has its pyproject.toml, and here what cargo needs.
WORKSPACE = "workspace"

# What cargo needs to build the executable and the extension: a benchmark, too, because Cargo.toml names it.
SOURCES = (".cargo/config.toml", "Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "askama.toml", "benches/checks.rs", "crates", "src")
PACKAGE = ("LICENSE", "README.md", "pyproject.toml", "scripts/build_backend.py", "takk")

MANIFEST = 'manifest-path = "{}/crates/extension/Cargo.toml"'


def build_wheel(wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None) -> str:
    """The wheel of this platform; its name."""
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
    """Those for maturin that the caller, or the environment, adds."""
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
    """An sdist from which `build_wheel` builds the same; its name.

    maturin's own leaves out all crates that the extension does not need, and with them the executable.
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
    # The same files give the same bytes, whoever packs them and when.
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
    """The directory of cargo's workspace, in an sdist or in a checkout."""
    return Path(WORKSPACE) if Path(WORKSPACE, "Cargo.toml").exists() else Path("..")


def _files(directory: Path, names: Iterable[str]) -> list[str]:
    """The files at and below some names, relative to a directory: in a checkout those that git knows, for others may lie about."""
    if _workspace() == Path(".."):
        listed = subprocess.run(["git", "ls-files", "-z", "--error-unmatch", "--", *names], cwd=directory, check=True, stdout=subprocess.PIPE).stdout
        return [name for name in listed.decode().split("\0") if name and (directory / name).is_file()]
    found = [path for name in names for path in [directory / name, *(directory / name).rglob("*")]]
    kept = [path for path in found if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so"]
    return [path.relative_to(directory).as_posix() for path in kept]
