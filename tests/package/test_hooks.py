"""The pre-commit hooks, on a generated repository: from this repository, and as a local hook for which pre-commit installs the wheel."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DIST, REPOSITORY, WHEELS, Environment

MISTAKE = """\
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    api_key: SecretStr = SecretStr("sk_live_51H8xyzABCDEFGHIJKLMNOP")
"""
RIGHT = MISTAKE.replace(' = SecretStr("sk_live_51H8xyzABCDEFGHIJKLMNOP")', "")


class Repository:
    def __init__(self, directory: Path, environment: Environment, **variables: str) -> None:
        self.directory, self.environment = directory, environment
        self.variables = variables | {"PATH": f"{Path(sys.executable).parent}:{environment.variables['PATH']}"}
        directory.mkdir()
        self.git("init", "--quiet", "--initial-branch", "main")
        self.write("pyproject.toml", '[project]\nname = "app"\nversion = "1"\ndependencies = ["pydantic-settings"]\n')

    def write(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text)
        self.git("add", name)

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        return subprocess.run(["git", *identity, *arguments], cwd=self.directory, check=True, capture_output=True, text=True).stdout

    def hook(self, name: str) -> subprocess.CompletedProcess[str]:
        return self.environment.run("pre-commit", "run", "--verbose", name, cwd=self.directory, **self.variables)


@pytest.fixture
def of_this_repository(tmp_path: Path, installed: Environment) -> Repository:
    """A repository that uses the hooks from a clone of this one, in its current state."""
    hooks = tmp_path / "hooks"
    made = Repository(hooks, installed)
    made.write(".pre-commit-hooks.yaml", (REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    made.git("commit", "--quiet", "--message", "Add hooks")
    using = Repository(tmp_path / "using", installed, PRE_COMMIT_HOME=str(tmp_path / "cache"))
    using.write(
        ".pre-commit-config.yaml",
        f"repos:\n- repo: {hooks}\n  rev: {made.git('rev-parse', 'HEAD').strip()}\n  hooks: [{{id: takk-check}}, {{id: takk-dotenv}}]\n",
    )
    return using


def test_check_stops_a_commit_with_a_mistake(of_this_repository: Repository):
    of_this_repository.write("settings.py", MISTAKE)
    done = of_this_repository.hook("takk-check")
    assert done.returncode == 1 and "settings.py:6:" in done.stdout, done.stdout
    of_this_repository.write("settings.py", RIGHT)
    done = of_this_repository.hook("takk-check")
    assert done.returncode == 0 and "Passed" in done.stdout, done.stdout


def test_dotenv_adds_what_is_declared_and_keeps_the_rest(of_this_repository: Repository):
    of_this_repository.write("settings.py", RIGHT)
    of_this_repository.write(".env.example", "# ours\nOTHER=1\n")
    done = of_this_repository.hook("takk-dotenv")
    assert done.returncode == 1 and "files were modified by this hook" in done.stdout, done.stdout
    text = (of_this_repository.directory / ".env.example").read_text()
    assert text.startswith("# ours\nOTHER=1\n") and "API_KEY=" in text
    of_this_repository.git("add", ".env.example")
    assert of_this_repository.hook("takk-dotenv").returncode == 0


def test_nothing_is_run_where_no_code_changes(of_this_repository: Repository):
    of_this_repository.write("settings.py", MISTAKE)
    of_this_repository.git("commit", "--quiet", "--message", "Add")
    of_this_repository.write("notes.txt", "nothing\n")
    done = of_this_repository.hook("takk-check")
    assert done.returncode == 0 and "Skipped" in done.stdout, done.stdout


def test_a_local_hook_installs_the_wheel(tmp_path: Path, installed: Environment, wheel: Path):
    version = wheel.name.split("-")[1]
    example = (REPOSITORY / "docs/ci.md").read_text().split("```yaml\n# .pre-commit-config.yaml\n", 1)[1].split("```", 1)[0]
    assert f"takk=={version}" in example
    using = Repository(
        tmp_path / "using", installed, PRE_COMMIT_HOME=str(tmp_path / "cache"), PIP_NO_INDEX="1", PIP_FIND_LINKS=f"{DIST} {WHEELS}"
    )
    # Without takk on PATH.
    using.variables["PATH"] = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    using.write(".pre-commit-config.yaml", example)
    using.write("settings.py", MISTAKE)
    done = using.hook("takk-check")
    assert done.returncode == 1 and "settings.py:6:" in done.stdout, done.stdout + done.stderr
