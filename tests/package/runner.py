"""Runs the steps of a composite action like GitHub's runner, as far as action.yml requires.

Sources: "Metadata syntax for GitHub Actions" and "Workflow commands for GitHub Actions" in GitHub's documentation, and, for which lines of
a log are commands, `ActionCommand.cs` in actions/runner.
"""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
INPUT = re.compile(r"inputs\.([A-Za-z_-]+)")


@dataclass
class Job:
    """The results of a job."""

    status: int = 0
    log: str = ""
    commands: list[tuple[str, str, str]] = field(default_factory=list)
    summary: str = ""
    path: list[str] = field(default_factory=list)

    def annotations(self) -> list[tuple[str, str]]:
        return [(properties, message) for name, properties, message in self.commands if name in {"error", "warning", "notice"}]


def commands(log: str) -> list[tuple[str, str, str]]:
    """The workflow commands that the runner finds in a log: name, properties and message."""
    found = []
    stopped = None
    for line in log.splitlines():
        match = re.match(r"\s*::([^\s:]+)(?:\s+(.*?))?::(.*)$", line)
        old = re.search(r"##\[([^\]\s;]+)\s*([^\]]*)\](.*)$", line)
        match = match or old
        if match is None:
            continue
        name, properties, message = match[1], match[2] or "", match[3]
        if stopped is not None:
            if name == stopped:
                stopped = None
        elif name == "stop-commands":
            stopped = message
        else:
            found.append((name, properties, message))
    assert stopped is None, "commands stay off for the steps after this one"
    return found


def run(action: Path, inputs: dict[str, str], workspace: Path, temporary: Path, variables: dict[str, str], *, first: int = 0) -> Job:
    """Runs all steps from `first` on, until one fails."""
    definition = yaml.safe_load(action.read_text())
    assert definition["runs"]["using"] == "composite"
    unknown = inputs.keys() - definition["inputs"].keys()
    assert not unknown, f"there is no input {unknown}"
    values = {name: str(inputs.get(name, declared.get("default", ""))) for name, declared in definition["inputs"].items()}

    def expanded(text: str) -> str:
        def value(match: re.Match[str]) -> str:
            name = INPUT.fullmatch(match[1])
            assert name is not None, f"an expression that this runner does not know: {match[1]}"
            return values[name[1]]

        return EXPRESSION.sub(value, text)

    job = Job()
    path = variables["PATH"]
    for number, step in enumerate(definition["runs"]["steps"]):
        if number < first:
            continue
        # Any other key would change what a step does.
        assert step.keys() <= {"name", "shell", "env", "run"} and step["shell"] == "bash"
        files = {name: temporary / f"{name}-{number}" for name in ("GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV")}
        for file in files.values():
            file.touch()
        script = temporary / f"step-{number}.sh"
        script.write_text(expanded(step["run"]))
        added = {name: expanded(str(value)) for name, value in step.get("env", {}).items()}
        environment = variables | {name: str(file) for name, file in files.items()} | added
        environment |= {"PATH": ":".join([*reversed(job.path), path]), "RUNNER_TEMP": str(temporary), "GITHUB_WORKSPACE": str(workspace)}
        environment |= {"GITHUB_ACTION_PATH": str(action.parent), "GITHUB_ACTIONS": "true", "CI": "true"}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=workspace,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        text = done.stdout.decode(errors="replace")
        job.log += text
        job.commands += commands(text)
        job.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        job.path += files["GITHUB_PATH"].read_text().splitlines()
        assert files["GITHUB_OUTPUT"].read_text() == files["GITHUB_ENV"].read_text() == ""
        job.status = done.returncode
        if job.status:
            break
    return job
