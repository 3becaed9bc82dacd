"""Fetches packages of the corpus from PyPI: fetch.py DIRECTORY PACKAGE...

Downloads the wheel of each package, by the version and the hash in packages.tsv, and unpacks it into DIRECTORY/PACKAGE-VERSION. Nothing
is installed or imported. A requirements.txt beside the code pins the versions of pydantic with which the truth was generated.
Packages that exist already are not fetched again. Exit status: 1 if a package could not be fetched, 3 if PyPI could not be reached.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# The files that takk may read; the rest of a wheel is not unpacked.
KEPT = (".py", ".pyi", ".typed", "METADATA", ".toml", ".env")
PINS = {"pydantic": "pydantic", "pydantic_settings": "pydantic-settings"}


def download(row: dict, directory: Path) -> tuple[Path | None, str]:
    """The wheel of a row, and the output of pip, which rejects a wheel with another hash."""
    requirement = directory / "requirement.txt"
    requirement.write_text(f"{row['package']}=={row['version']} --hash=sha256:{row['sha256']}\n")
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--require-hashes"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(directory), "--requirement", str(requirement)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return next(directory.glob("*.whl"), None), done.stderr


def unpack(wheel: Path, row: dict, target: Path) -> None:
    """Unpacks the code of a wheel. The pins are written last: a directory that contains them is complete."""
    shutil.rmtree(target, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target, [name for name in archive.namelist() if name.endswith(KEPT)])
    pins = [f"{package}=={row[column]}" for column, package in PINS.items() if row[column] not in ("", "None")]
    (target / "requirements.txt").write_text("\n".join(pins) + "\n")


def main(directory: Path, *packages: str) -> int:
    """Fetches the packages that are missing."""
    with Path(__file__).with_name("packages.tsv").open() as table:
        rows = {row["package"]: row for row in csv.DictReader(table, delimiter="\t")}
    unknown = sorted(set(packages) - set(rows))
    if unknown:
        print(f"corpus: packages.tsv has no {', '.join(unknown)}")
        return 1
    failed = 0
    for row in (rows[package] for package in packages):
        target = directory / f"{row['package']}-{row['version']}"
        if (target / "requirements.txt").exists():
            continue
        with tempfile.TemporaryDirectory() as work:
            wheel, said = download(row, Path(work))
            if wheel:
                unpack(wheel, row, target)
            elif "Failed to establish a new connection" in said or "Temporary failure in name resolution" in said:
                return 3
            else:
                failed += 1
                print(f"corpus: cannot fetch {target.name}: {said.strip().splitlines()[-1:]}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
