"""action.yml, on generated repositories: what it reports and shows, and that inputs and repositories cannot make it do anything else."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import runner
import yaml
from conftest import CLEAN, REPOSITORY, Environment

ACTION = REPOSITORY / "action.yml"

MISTAKE = """\
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    api_key: SecretStr = SecretStr("sk_live_51H8xyzABCDEFGHIJKLMNOP")
"""
RIGHT = MISTAKE.replace(' = SecretStr("sk_live_51H8xyzABCDEFGHIJKLMNOP")', "")
PROJECT = '[project]\nname = "app"\nversion = "1"\ndependencies = ["pydantic-settings"]\n'

Run = Callable[..., runner.Job]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = tmp_path / "workspace"
    made.mkdir()
    git(made, "init", "--quiet", "--initial-branch", "main")
    (made / "pyproject.toml").write_text(PROJECT)
    (made / "settings.py").write_text(RIGHT)
    return made


def git(directory: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *arguments], cwd=directory, check=True)


@pytest.fixture
def run(tmp_path: Path, workspace: Path, wheel: Path, installed: Environment) -> Run:
    """Runs the action with some inputs; `install=False` skips the first step, as if it had run."""

    def run(install: bool = False, **inputs: str) -> runner.Job:
        temporary = tmp_path / f"temporary-{len(list(tmp_path.iterdir()))}"
        temporary.mkdir()
        (tmp_path / "home").mkdir(exist_ok=True)
        variables = CLEAN | {"HOME": str(tmp_path / "home"), "TAKK_HOME": str(tmp_path / "home/takk"), "PIP_NO_INDEX": "1"}
        if not install:
            variables["PATH"] = f"{installed.bin}:{CLEAN['PATH']}"
        return runner.run(ACTION, {"wheel": str(wheel)} | inputs, workspace, temporary, variables, first=0 if install else 1)

    return run


def test_a_clean_project_passes_and_its_plan_is_the_summary(run: Run):
    job = run(install=True)
    assert job.status == 0, job.log
    assert job.annotations() == []
    assert "API_KEY" in job.summary and job.summary.startswith("#")
    # The job now has takk, and still its own python.
    (added,) = job.path
    assert [path.name for path in Path(added).iterdir()] == ["takk"]


def test_a_mistake_is_an_annotation_at_its_line(run: Run, workspace: Path):
    (workspace / "settings.py").write_text(MISTAKE)
    job = run()
    assert job.status == 1, job.log
    (annotation,) = [each for each in job.annotations() if "file=settings.py,line=6," in each[0]]
    assert "title=TK" in annotation[0]
    assert "API_KEY" in job.summary
    assert "sk_live" not in job.log + job.summary


def test_a_directory_of_the_repository(run: Run, workspace: Path):
    inner = workspace / "services/our app"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text(PROJECT)
    (inner / "settings.py").write_text(MISTAKE)
    job = run(directory="services/our app")
    assert job.status == 1
    # GitHub resolves the path from the root of the repository.
    assert [each for each in job.annotations() if "file=services/our app/settings.py," in each[0]], job.log


def test_values_of_environments_are_checked(run: Run):
    job = run(environment="dev prod")
    assert job.status == 1, job.log
    assert {name for name in ("dev", "prod") if any(name in message for _, message in job.annotations())} == {"dev", "prod"}


def test_a_variable_that_the_branch_adds(run: Run, workspace: Path):
    git(workspace, "add", ".")
    git(workspace, "commit", "--quiet", "--message", "Add")
    (workspace / "settings.py").write_text(RIGHT + "    new_key: str\n")
    job = run(base="HEAD", environment="dev")
    assert job.status == 1, job.log
    assert any("NEW_KEY" in message for _, message in job.annotations())
    job = run(base="no-such-branch")
    assert job.status == 2 and "no-such-branch" in job.log


def test_arguments_for_check(run: Run, workspace: Path):
    (workspace / "settings.py").write_text(MISTAKE)
    codes = {properties.split("title=", 1)[1].split(" ", 1)[0] for properties, _ in run().annotations()}
    assert codes
    job = run(args="--ignore\n" + ",".join(sorted(codes)) + "\n\n")
    assert (job.status, job.annotations()) == (0, []), job.log


@pytest.mark.parametrize("name", sorted(yaml.safe_load(ACTION.read_text())["inputs"]))
@pytest.mark.parametrize(
    "text",
    ["$(touch owned)", "`touch owned`", "'; touch owned; '", '"; touch owned; "', "x\ntouch owned", "--version", "a b;touch owned|&"],
)
def test_hostile_inputs_run_nothing(run: Run, workspace: Path, name: str, text: str):
    before = {path.name for path in workspace.iterdir()}
    # These inputs are for the first step; the second step sees the others.
    job = run(name in {"version", "wheel"}, **{"wheel": ""} | {name: text})
    assert {path.name for path in workspace.iterdir()} == before
    if name != "args":
        assert job.status != 0
    assert {command for command, _, _ in job.commands} <= {"error", "warning", "notice"}


def test_scripts_contain_no_expressions():
    for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_a_version_goes_to_pip_as_one_requirement(run: Run):
    job = run(True, wheel="", version="0.0.0")
    assert job.status != 0 and "takk==0.0.0" in job.log
    job = run(True, wheel="", version="1 --index-url=http://127.0.0.1:9")
    assert job.status == 2 and "must be a version" in job.log


HOSTILE = ["::set-output name=a::b", "##[set-env name=A;]b", "::stop-commands::x", "::add-mask::a", "::error::forged"]


@pytest.mark.parametrize("command", HOSTILE)
def test_a_hostile_repository_gives_no_commands(run: Run, workspace: Path, command: str):
    """File names and code with lines that GitHub would execute, in findings, errors and the summary."""
    (workspace / f"a\n{command}\n.py").write_text(MISTAKE.replace("Settings(", "Hidden("))
    (workspace / f"{command}.py".replace("/", "")).write_text("class Broken(\n")
    nested = workspace / f"b\r\n{command}"
    nested.mkdir()
    (nested / "c.py").write_text(MISTAKE.replace("api_key", "other_key"))
    (workspace / "settings.py").write_text(RIGHT + f"    x: str = 'a\\n{command}\\n'\n    y: int = '\\n{command}\\n'\n")
    (workspace / "pyproject.toml").write_text(PROJECT + f'[tool.takk]\n"\\n{command}\\n" = 1\n')
    job = run(environment="dev")
    assert job.status != 0
    names = {name for name, _, _ in job.commands}
    assert names <= {"error", "warning", "notice"}
    assert not [message for name, _, message in job.commands if message == "forged"]
    # Without the invalid setting, so that there are findings.
    (workspace / "pyproject.toml").write_text(PROJECT)
    job = run(environment="dev")
    assert job.status == 1, job.log
    assert {name for name, _, _ in job.commands} <= {"error", "warning", "notice"}
    assert not [message for _, _, message in job.commands if message == "forged"]
    assert job.annotations()


def test_a_hostile_repository_runs_nothing(run: Run, workspace: Path):
    """Files that the interpreter, pip or a shell would use from the current directory."""
    touch = "import pathlib\npathlib.Path(__file__ + '.owned').touch()\n"
    for name in ["pip.py", "sitecustomize.py", "usercustomize.py", "encodings.py", "runpy.py", "settings.py"]:
        (workspace / name).write_text(touch)
    for name in ["takk", "python3", "bash", "cat", "realpath"]:
        (workspace / name).write_text(f"#!/bin/sh\ntouch {workspace}/{name}.owned\n")
        (workspace / name).chmod(0o755)
    (workspace / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:9\n")
    job = run(install=True, environment="dev")
    assert "API_KEY" not in job.summary and job.path
    assert list(workspace.glob("**/*.owned")) == []


def test_an_error_of_takk_is_shown_and_fails_the_job(run: Run):
    job = run(directory="no-such-directory")
    assert job.status == 2 and "no-such-directory" in job.log
    assert job.summary == ""


def test_a_plan_beyond_what_github_takes_is_left_out(run: Run, workspace: Path):
    fields = "".join(f"    variable_{number}_{'x' * 60}: str\n" for number in range(9000))
    (workspace / "settings.py").write_text(RIGHT + fields)
    job = run()
    assert job.status == 0, job.log[-2000:]
    assert len(job.summary) < 1024 * 1024


def test_the_runner_sees_what_github_sees():
    log = "x ::error::no\n ::error file=a,line=1::yes\n::stop-commands::t\n::error::off\n::t::\n##[debug]old\n"
    assert runner.commands(log) == [("error", "file=a,line=1", "yes"), ("debug", "", "old")]
    with pytest.raises(AssertionError):
        runner.commands("::stop-commands::t\n")
