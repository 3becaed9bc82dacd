"""The wheel in a fresh virtual environment: its command, `python -m takk`, its extension, and that pip can remove it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import REPOSITORY, Environment, environment


def test_the_command_is_the_executable_itself(installed: Environment):
    takk = installed.bin / "takk"
    # Not a script that starts an interpreter first, but the executable itself.
    assert takk.read_bytes() == Path(os.environ["TAKK_EXECUTABLE"]).read_bytes()
    done = installed.run("takk", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    version = installed.run("python", "-c", "import takk; print(takk.__version__)").stdout.strip()
    assert done.stdout == f"takk {version}\n"


def test_python_m_takk_is_the_same(installed: Environment):
    plan = ("plan", REPOSITORY / "examples/shop", "--format", "json")
    through_python, itself = installed.run("python", "-m", "takk", *plan), installed.run("takk", *plan)
    assert through_python.returncode == 0 and through_python.stdout == itself.stdout != ""
    # The exit status of a usage error, and arguments that are not valid text.
    assert installed.run("python", "-m", "takk", "no-such-command").returncode == 2
    odd = subprocess.run([installed.bin / "python", "-m", "takk", "explain", b"\xff"], env=installed.variables, capture_output=True)
    assert odd.returncode == 2


def test_python_m_takk_finds_the_executable_beside_the_module(installed: Environment, wheel: Path, tmp_path: Path):
    installed.install("--no-deps", "--target", tmp_path / "lib", wheel)
    # Another takk is first on PATH, but is not used.
    (tmp_path / "path").mkdir()
    decoy = tmp_path / "path/takk"
    decoy.write_text("#!/bin/sh\necho decoy\n")
    decoy.chmod(0o755)
    path = f"{decoy.parent}:{installed.variables['PATH']}"
    assert installed.run("python", "-m", "takk", "--version", PYTHONPATH=str(tmp_path / "lib"), PATH=path).stdout.startswith("takk ")
    (tmp_path / "lib/bin/takk").unlink()
    assert installed.run("python", "-m", "takk", "--version", PYTHONPATH=str(tmp_path / "lib"), PATH=path).stdout.startswith("takk ")


@pytest.fixture
def bare(tmp_path: Path) -> Environment:
    """The package in an environment without an installation: a checkout that was not built."""
    made = environment(tmp_path)
    (tmp_path / "checkout").symlink_to(REPOSITORY / "python")
    return made


def test_python_m_takk_without_an_executable_says_so(bare: Environment, tmp_path: Path):
    source = str(tmp_path / "checkout")
    done = bare.run("python", "-m", "takk", "--version", PYTHONPATH=source, PATH=str(bare.bin))
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("error: cannot find the executable takk")
    assert "\nhint: " in done.stderr
    # Without another one, the takk on PATH is used.
    (tmp_path / "takk").write_text("#!/bin/sh\nexit 7\n")
    (tmp_path / "takk").chmod(0o755)
    assert bare.run("python", "-m", "takk", PYTHONPATH=source, PATH=f"{bare.bin}:{tmp_path}").returncode == 7
    (tmp_path / "takk").write_text("#!/no/such/interpreter\n")
    done = bare.run("python", "-m", "takk", PYTHONPATH=source, PATH=f"{bare.bin}:{tmp_path}")
    assert done.returncode == 2 and f"error: cannot run {tmp_path}/takk" in done.stderr


def test_signals_that_python_ignores_are_not_ignored_in_the_executable(bare: Environment, tmp_path: Path):
    script = tmp_path / "takk"
    script.write_text("#!/bin/sh\ngrep SigIgn /proc/self/status\n")
    script.chmod(0o755)
    if not Path("/proc/self/status").exists():
        pytest.skip("there is no /proc")
    done = bare.run("python", "-m", "takk", PYTHONPATH=str(tmp_path / "checkout"), PATH=f"{bare.bin}:{tmp_path}:/usr/bin:/bin")
    ignored = int(done.stdout.split()[1], 16)
    assert not ignored & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1)


def test_the_extension_reads_secrets(installed: Environment):
    script = (
        "from takk.runtime import Env, Secret, SecretModel\n"
        "class App(SecretModel):\n    stage: str\n    password: str = Secret('/{stage}/db/password')\n"
        "print(App(stage='dev', backend=Env()).password)"
    )
    done = installed.run("python", "-c", script, DEV_DB_PASSWORD="s3cret")
    assert (done.stdout, done.returncode) == ("s3cret\n", 0), done.stderr


def test_the_package_vaultly_is_installed_with_its_takk(tmp_path: Path):
    made = environment(tmp_path)
    made.install("takk-vaultly")
    script = "import vaultly, takk.runtime; print(issubclass(vaultly.SecretModel, takk.runtime.SecretModel))"
    done = made.run("python", "-c", script)
    assert (done.stdout, done.returncode) == ("True\n", 0), done.stderr
    assert made.run("takk", "--version").returncode == 0


def test_without_the_extension_only_the_runtime_fails(installed: Environment, tmp_path: Path):
    package = tmp_path / "copied/takk"
    package.mkdir(parents=True)
    for file in (REPOSITORY / "python/takk").rglob("*.py"):
        copy = package / file.relative_to(REPOSITORY / "python/takk")
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    source = str(tmp_path / "copied")
    assert installed.run("python", "-c", "from takk.models import Project, ResourceTags", PYTHONPATH=source).returncode == 0

    done = installed.run("python", "-c", "import takk.runtime", PYTHONPATH=source)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: takk.runtime needs the extension takk._native, which is not there")
    assert "pip install --editable python" in last
    assert installed.run("python", "-c", "import takk; takk.runtime", PYTHONPATH=source).stderr.strip().splitlines()[-1] == last

    # Simulates a free-threaded interpreter, which ignores files named `.abi3.so`.
    free = "import sysconfig; sysconfig.get_config_vars()['Py_GIL_DISABLED'] = 1\nimport takk.runtime"
    done = installed.run("python", "-c", free, PYTHONPATH=source)
    assert "this interpreter is free-threaded" in done.stderr and "--no-binary takk" in done.stderr

    # An extension for another system.
    (package / "_native.abi3.so").write_bytes(b"\x7fELF but not of here")
    done = installed.run("python", "-c", "import takk.runtime", PYTHONPATH=source)
    assert "cannot load" in done.stderr.strip().splitlines()[-1] and "_native.abi3.so" in done.stderr


def test_uninstalling_leaves_nothing(tmp_path: Path, wheel: Path):
    made = environment(tmp_path)
    before = made.files()
    made.install("--no-deps", wheel)
    assert {"bin/takk"} < made.files() - before
    made.run("takk", "plan", REPOSITORY / "examples/shop")
    made.run("python", "-c", "import takk.models")
    made.pip("uninstall", "--quiet", "--yes", "takk")
    assert made.files() == before
