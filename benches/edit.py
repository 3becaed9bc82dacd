#!/usr/bin/env python3
"""Measures what an edit costs whoever works on takk, at one commit beside another, and writes docs/performance-edit.md:

    benches/edit.py OLD [NEW [ROUNDS]]

Each edit appends a function to one file. After it, `cargo check` compiles what depends on that file, and the unit tests of the file's crate
run. The figure is the CPU time of both cores, of all processes. OLD and NEW (HEAD) are commits, each in a clone of its own; they take turns,
and the first round, which compiles everything, does not count.
"""

import os
import pathlib
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from datetime import date

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
REPORT = REPOSITORY / "docs" / "performance-edit.md"
# What is edited: the file where everything is one package, and the file and the package of the workspace.
EDITS = [
    ("a page of the dashboard", "src/server/pages/audit.rs", "crates/dashboard/src/audit.rs", "takk-dashboard"),
    ("the evaluator of Python", "src/python/eval/method.rs", "crates/python/src/eval/method.rs", "takk-python"),
    ("the plain values", "src/model/settings.rs", "crates/model/src/settings.rs", "takk-model"),
]


def git(*arguments):
    return subprocess.run(["git", "-C", REPOSITORY, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def cpu(command, directory):
    """Runs a command. Returns its CPU time in seconds, with that of all processes that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=directory, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def edit(file, number):
    with file.open("a") as text:
        text.write(f"\n#[allow(dead_code)]\nfn edited_{number}(given: u32) -> u32 {{\n    given.wrapping_add({number})\n}}\n")


def measured(clone, file, package, number):
    """The CPU time of `cargo check`, and of the tests, after an edit."""
    check = ["cargo", "check", "--offline"]
    tests = ["cargo", "test", "--offline", "--lib", *(["--package", package] if package else [])]
    # What earlier edits of other files still have to compile is not part of this one.
    cpu(check, clone), cpu(tests, clone)
    edit(clone / file, number)
    return cpu(check, clone), cpu(tests, clone)


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: benches/edit.py OLD [NEW [ROUNDS]]")
    commits = [git("rev-parse", "--short", f"{name}^{{commit}}") for name in (sys.argv[1], *(sys.argv[2:3] or ["HEAD"]))]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    figures = {}
    with tempfile.TemporaryDirectory() as work:
        clones = [pathlib.Path(work) / commit for commit in commits]
        for commit, clone in zip(commits, clones):
            subprocess.run(["git", "clone", "--quiet", "--no-checkout", REPOSITORY, clone], check=True)
            subprocess.run(["git", "-C", clone, "checkout", "--quiet", commit], check=True)
            subprocess.run(["cargo", "fetch", "--quiet", "--locked"], cwd=clone, check=True)
        for number in range(rounds + 1):
            for what, old_file, new_file, package in EDITS:
                for commit, clone in zip(commits, clones):
                    is_workspace = (clone / new_file).exists()
                    file, package_of = (new_file, package) if is_workspace else (old_file, None)
                    took = measured(clone, file, package_of, number)
                    if number:
                        figures.setdefault((what, commit), []).append(took)
                    print(f"round {number}: {what}, {commit}: {took[0]:.1f} s, {took[1]:.1f} s", file=sys.stderr)
    REPORT.write_text(page(commits, figures, rounds))
    print(REPORT.read_text())


def page(commits, figures, rounds):
    old, new = commits
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    rows = []
    for what, *_ in EDITS:
        for at, command in enumerate(("`cargo check`", "the tests of its crate")):
            before, after = (statistics.median(took[at] for took in figures[what, commit]) for commit in commits)
            rows.append(f"| {what} | {command} | {before:.1f} s | {after:.1f} s | {after / before:.2f} |")
    table = "\n".join(rows)
    return f"""# Performance: an edit

Measured on {date.today()} by [benches/edit.py](../benches/edit.py), which writes this page: CPU time after an edit of one file, the
median of {rounds} rounds in which both commits take turns, on {os.cpu_count()} cores of {model[1] if model else platform.processor()}.
`{old}` is one package, so that its tests are those of everything.

| edited | then | `{old}` | `{new}` | ratio |
|---|---|--:|--:|--:|
{table}
"""


if __name__ == "__main__":
    main()
