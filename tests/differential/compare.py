#!/usr/bin/env python3
"""compare.py PROJECTDIR TAKK... [--truth FILE] [--show N]

Runs `TAKK inspect --format json` on the project, compares the answer with the truth, and prints every disagreement as the
smallest project that still shows it (at most N, one of each kind first). Run it with the Python whose pydantic provides the
truth. Exits with 1 if there is a disagreement, and with 2 if there is no truth.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
from pathlib import Path

from check.disagreement import Disagreement, disagreements
from check.fork import answer_of, truth_of
from check.shrink import shrink, slice_sizes


LONGEST = 4000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("takk", nargs="+", help="the command that runs takk")
    parser.add_argument("--truth", type=Path, help="the output of truth.py, where it is there already")
    parser.add_argument("--show", type=int, default=10, help="how many to print as a minimal project")
    options = parser.parse_args()
    truth = json.loads(options.truth.read_text()) if options.truth else truth_of(options.project)
    if truth is None or truth["failed"]:
        print(f"modules that do not import: {truth and truth['failed']}", file=sys.stderr)
        return 2
    answer = answer_of(options.takk, options.project)
    if answer is None:
        print(f"{' '.join(options.takk)} inspect gave no JSON for {options.project}", file=sys.stderr)
        return 1
    found = list(disagreements(truth, answer))
    report(found, options)
    classes = truth["classes"]
    fields = sum(len(c["fields"]) for c in classes)
    print(f"{len(classes)} classes, {fields} fields, {len(found)} disagreements")
    return 1 if found else 0


def report(found: list[Disagreement], options: argparse.Namespace) -> None:
    """Prints counts by kind, and one minimal project of each kind, then others, up to the limit."""
    sorts = collections.defaultdict(list)
    for one in found:
        sorts[one.sort()].append(one)
    for sort, ones in sorted(sorts.items(), key=lambda item: -len(item[1])):
        print(f"{len(ones):5}  {sort}")
    sizes = slice_sizes(options.project, found) if options.show else {}
    for ones in sorts.values():
        ones.sort(key=lambda one: sizes.get((one.module, one.qualname), 0))
    queue = [ones[index] for index in range(options.show) for ones in sorts.values() if index < len(ones)]
    for one in queue[: options.show]:
        print(f"\n{'=' * 80}\n{one}")
        shown = "\n".join(f"--- {file}\n{text}" for file, text in shrink(options.project, options.takk, one).items())
        print(shown if len(shown) < LONGEST else f"{shown[:LONGEST]}\n(and more: it did not get smaller in time)")


if __name__ == "__main__":
    sys.exit(main())
