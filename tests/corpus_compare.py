"""Compares a score of the corpus with the stored one: corpus_compare.py SCORE EXPECTED [--update]

SCORE is what score.py --json writes. EXPECTED holds, for each package, the classes and fields found, missing and too many, and for
each attribute how many answers are right and how many were asked. Better than expected is fine, worse is not.
"""

import json
import sys
from pathlib import Path


def figures(score: dict) -> dict:
    """The part of a score that is compared."""
    return {
        package: {
            **{what: {"found": row[what]["tp"], "missing": row[what]["fn"], "too many": row[what]["fp"]} for what in ("classes", "fields")},
            **{name: {"right": part["right"], "asked": part["asked"]} for name, part in row["attributes"].items()},
        }
        for package, row in score.items()
    }


def written(figures: dict) -> str:
    """The figures as JSON with a line for each row, so that a change shows as the lines it changes."""
    packages = []
    for package, rows in figures.items():
        lines = ",\n".join(f"  {json.dumps(what)}: {json.dumps(row)}" for what, row in rows.items())
        packages.append(f" {json.dumps(package)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(packages) + "\n}\n"


def worse(expected: dict, now: dict) -> list[str]:
    """What got worse, one line each."""
    lines = []
    for package, rows in expected.items():
        for what, row in rows.items():
            for key, was in row.items():
                value = now.get(package, {}).get(what, {}).get(key, 0)
                if value < was if key in ("found", "right", "asked") else value > was:
                    lines.append(f"corpus: {package}: {what} {key}: {value}, expected {was}")
    return lines


def main(score: Path, stored: Path, *options: str) -> int:
    """0 if nothing got worse."""
    now = figures(json.loads(score.read_text()))
    if "--update" in options:
        stored.write_text(written(now))
    expected = json.loads(stored.read_text())
    lines = worse(expected, now)
    rows = [row for package in now.values() for name, row in package.items() if name not in ("classes", "fields")]
    right, asked = sum(row["right"] for row in rows), sum(row["asked"] for row in rows)
    print(*lines, f"corpus: {len(now)} packages, {right} of {asked} answers right, {len(lines)} figures worse than stored", sep="\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
