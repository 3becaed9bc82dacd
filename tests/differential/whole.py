#!/usr/bin/env python3
"""whole.py SEED COUNT EACH OUTDIR

Writes COUNT small programs of several settings classes into OUTDIR and starts each in EACH random environments, under the pydantic of this
Python. What came of it is a line of OUTDIR/pairs.jsonl: the program, the environment, whether it starts, and the faults: classes, places
and names of variables. Prints counts; exits with 1 when more than 3 in 100 do not run for another reason than their settings.
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
