"""Fixtures for the tests of the packages. tests/package.sh builds what they install."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
DIST = Path(os.environ["TAKK_DIST"])
WHEELS = os.environ["TAKK_WHEELS"]

# Without variables that other tests may have set, or that would make pip use the network.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("TAKK", "PIP_", "VAULT_", "BAO_", "GITHUB_"))}


@dataclass(frozen=True)
class Environment:
    """A virtual environment, with a home directory of its own for takk's data."""

    directory: Path
    home: Path

    @property
    def bin(self) -> Path:
        return self.directory / "bin"

    @property
    def variables(self) -> dict[str, str]:
        return CLEAN | {"HOME": str(self.home), "TAKK_HOME": str(self.home / "takk"), "PATH": f"{self.bin}:{CLEAN['PATH']}", "NO_COLOR": "1"}

    def run(self, *command: str | Path, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs a command in it, and accepts any exit status."""
        return subprocess.run(
            [str(word) for word in command], cwd=cwd or self.home, env=self.variables | variables, capture_output=True, text=True, timeout=120
        )

    def pip(self, *arguments: str | Path) -> str:
        """Runs pip, which only finds the downloaded packages."""
        done = self.run(sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--python", self.bin / "python", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, *what: str | Path) -> str:
        return self.pip("install", "--quiet", "--no-index", "--find-links", WHEELS, "--find-links", DIST, *what)

    def files(self) -> set[str]:
        found = (path for path in self.directory.rglob("*") if "__pycache__" not in path.parts)
        return {path.relative_to(self.directory).as_posix() for path in found}


def environment(directory: Path) -> Environment:
    """A new, empty environment."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory / "venv"], check=True)
    (directory / "home").mkdir()
    return Environment(directory / "venv", directory / "home")


@pytest.fixture(scope="session")
def wheel() -> Path:
    (found,) = DIST.glob("takk-*.whl")
    return found


@pytest.fixture(scope="session")
def sdist() -> Path:
    (found,) = DIST.glob("takk-*.tar.gz")
    return found


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """An environment with the wheel and its dependencies, which tests do not modify."""
    made = environment(tmp_path_factory.mktemp("installed"))
    made.install(wheel)
    return made
