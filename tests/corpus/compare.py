"""Compares a score of the corpus with the stored one: compare.py SCORE EXPECTED [--update]

SCORE is the output of score.py. EXPECTED has the same content, one line per row. A better score passes, a worse one fails.
Without EXPECTED, only the totals are printed.
"""

import json
import sys
from pathlib import Path


def written(score: dict) -> str:
    """The score as JSON with one line per row, for readable diffs."""
    packages = []
    for package, rows in score.items():
        lines = ",\n".join(f"  {json.dumps(what)}: {json.dumps(row)}" for what, row in rows.items())
        packages.append(f" {json.dumps(package)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(packages) + "\n}\n"


def worse(expected: dict, now: dict) -> list[str]:
    """The rows that got worse, one line each."""
    lines = []
    for package, rows in expected.items():
        for what, row in rows.items():
            for key, was in row.items():
                value = now.get(package, {}).get(what, {}).get(key, 0)
                if value < was if key in ("found", "right", "asked") else value > was:
                    lines.append(f"corpus: {package}: {what} {key}: {value}, expected {was}")
    return lines


def main(score: Path, stored: Path | None = None, *options: str) -> int:
    """Returns 0 if nothing got worse."""
    now = json.loads(score.read_text())
    if stored and "--update" in options:
        stored.write_text(written(now))
    lines = worse(json.loads(stored.read_text()), now) if stored else []
    rows = [row for package in now.values() for name, row in package.items() if name not in ("classes", "fields")]
    right, asked = sum(row["right"] for row in rows), sum(row["asked"] for row in rows)
    worse_than_stored = f", {len(lines)} figures worse than stored" if stored else ""
    print(*lines, f"corpus: {len(now)} packages, {right} of {asked} answers right{worse_than_stored}", sep="\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3]), *sys.argv[3:]))
