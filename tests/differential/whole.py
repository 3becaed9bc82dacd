#!/usr/bin/env python3
"""whole.py SEED COUNT EACH OUTDIR

Writes COUNT small programs of several settings classes into OUTDIR and starts each in EACH random environments, with the pydantic of this
Python. Each result is a line of OUTDIR/pairs.jsonl: the program, the environment, whether it starts, and the faults: classes, locations
and variable names. Prints counts; exits with 1 if more than 3 in 100 fail for a reason other than their settings.
"""

import sys
from pathlib import Path

from programs.write import write


def main() -> int:
    seed, count, each = map(int, sys.argv[1:4])
    directory = Path(sys.argv[4]).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    counts = write(seed, count, each, directory)
    print(", ".join(f"{number} {what}" for what, number in counts.items()))
    return 1 if counts["dropped"] > 0.03 * counts["pairs"] else 0


if __name__ == "__main__":
    sys.exit(main())
