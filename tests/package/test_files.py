"""The contents of the wheel and the sdist, and that builds are reproducible."""

import email
import hashlib
import os
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

from conftest import DIST, REPOSITORY


def names_of_sdist(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        members = archive.getmembers()
    assert all(member.isfile() and member.mode == 0o644 and member.uid == 0 for member in members)
    top = {member.name.split("/", 1)[0] for member in members}
    assert top == {sdist.name.removesuffix(".tar.gz")}
    return {member.name.split("/", 1)[1] for member in members}


def tracked(*paths: str) -> set[str]:
    return set(subprocess.run(["git", "ls-files", *paths], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.split())


def test_the_wheel_fits_every_python_from_3_10(wheel):
    name, version, python, abi, platform = wheel.name.removesuffix(".whl").split("-")
    assert (name, python, abi) == ("takk", "cp310", "abi3")
    cargo = (REPOSITORY / "Cargo.toml").read_text()
    assert f'[workspace.package]\nversion = "{version}"' in cargo
    # According to auditwheel's policies, for both the executable and the extension; PyPI rejects a plain `linux`.
    assert re.search(r"^(manylinux_2_\d+_|musllinux_1_\d+_|macosx_)", platform)


def test_the_wheel_has_everything_and_nothing_else(wheel):
    version = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        executable = archive.getinfo(f"takk-{version}.data/scripts/takk")
        assert executable.external_attr >> 16 & 0o777 == 0o755
        assert archive.read(executable) == Path(os.environ["TAKK_EXECUTABLE"]).read_bytes()
        metadata = email.message_from_bytes(archive.read(f"takk-{version}.dist-info/METADATA"))
    package = {name.removeprefix("python/") for name in tracked("python/takk")}
    of_the_package = {name for name in names if name.startswith("takk/")}
    assert of_the_package == package | {"takk/_native.abi3.so"}
    assert {"takk/py.typed", "takk/_native.pyi", "takk/__main__.py"} <= of_the_package
    assert {name.split("/", 1)[0] for name in names - of_the_package} == {f"takk-{version}.dist-info", f"takk-{version}.data"}
    assert f"takk-{version}.dist-info/licenses/LICENSE" in names
    assert metadata["License-Expression"] == "MIT" and metadata["Requires-Python"] == ">=3.10"
    assert str(metadata.get_payload()).startswith("# takk\n")


def test_the_sdist_has_what_cargo_needs(sdist):
    names = names_of_sdist(sdist)
    assert {"pyproject.toml", "PKG-INFO", "LICENSE", "scripts/build_backend.py", "takk/_native.pyi", "workspace/Cargo.lock"} <= names
    assert {f"workspace/{name}" for name in tracked("crates", "src", ".cargo")} <= names
    # cargo itself checks that everything in its manifests exists.
    assert not {name for name in names if re.search(r"(^|/)(target|tests/it|fuzz|\.git|\.env[^/]*|__pycache__|.*\.(so|pyc|pem|key))(/|$)", name)}
    assert {name.removeprefix("workspace/").split("/", 1)[0] for name in names} == {
        ".cargo", "Cargo.lock", "Cargo.toml", "LICENSE", "PKG-INFO", "README.md", "askama.toml", "benches", "crates", "pyproject.toml",
        "scripts", "src", "takk",
    }  # fmt: skip


def test_cargo_reads_the_workspace_of_the_sdist(sdist, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    workspace = next(tmp_path.iterdir()) / "workspace"
    command = ["cargo", "metadata", "--locked", "--offline", "--no-deps", "--format-version", "1"]
    done = subprocess.run(command, cwd=workspace, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 'crates/extension/Cargo.toml"' in (workspace.parent / "pyproject.toml").read_text()
    assert (workspace / "crates/extension/Cargo.toml").exists()


def test_what_git_does_not_know_stays_out_of_the_sdist(tmp_path):
    secret = REPOSITORY / "python/takk/left-behind.env"
    secret.write_text("DATABASE_PASSWORD=hunter2\n")
    try:
        build("--sdist", tmp_path)
    finally:
        secret.unlink()
    (sdist,) = tmp_path.iterdir()
    assert not [name for name in names_of_sdist(sdist) if "left-behind" in name]


def build(kind: str, out: Path) -> None:
    """Builds like package.sh, with its tools."""
    tools = REPOSITORY / "target/package/tools/bin"
    when = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.strip()
    command = [tools / "python", "-m", "build", "--no-isolation", kind, "--outdir", out, "python"]
    variables = os.environ | {"SOURCE_DATE_EPOCH": when, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=REPOSITORY, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_second_build_gives_the_same_bytes(sdist, wheel, tmp_path):
    command = [REPOSITORY / "package.sh", "--profile", "extension", "--executable", os.environ["TAKK_EXECUTABLE"], "--out", tmp_path]
    # With another umask, locale and time zone.
    variables = os.environ | {"TZ": "Pacific/Auckland", "LC_ALL": "C"}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, umask=0o077)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name: digest(path) for path in tmp_path.iterdir()} == {path.name: digest(path) for path in DIST.iterdir()}
