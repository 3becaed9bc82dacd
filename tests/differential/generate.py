#!/usr/bin/env python3
"""generate.py SEED COUNT OUTDIR [--pydantic V --pydantic-settings V]

Writes a project of COUNT settings classes into OUTDIR, the same for the same seed and the same pydantic. Run it with the Python
whose pydantic the project is for: every module is imported as soon as it is written, and a class whose import fails is dropped.
Prints how many were dropped and why; exits with 1 if they are more than 3 in 100.
"""

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from gen.project import Project


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--verbose", action="store_true", help="print every dropped class")
    options = parser.parse_args()
    sys.dont_write_bytecode = True
    names = ("pydantic", "pydantic-settings", "typing_extensions", "email-validator")
    project = Project(options.seed, options.count, options.outdir.resolve(), {n: version(n) for n in names})
    project.write()
    share = len(project.dropped) / max(1, project.made + len(project.dropped))
    print(f"{project.made} classes in {len(project.modules)} modules; {len(project.dropped)} dropped ({share:.1%})")
    if options.verbose:
        print("\n".join(project.dropped))
    return 1 if share > 0.03 else 0


if __name__ == "__main__":
    sys.exit(main())
