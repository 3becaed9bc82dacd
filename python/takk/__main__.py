"""`python -m takk`: the executable of the same wheel."""

import os
import shutil
import signal
import sys
import sysconfig
from pathlib import Path


def executable() -> str | None:
    """The path of the executable that was installed with this package, or otherwise of the one on `PATH`."""
    directories = [
        # `pip install --target`
        str(Path(__file__).parent.parent / "bin"),
        sysconfig.get_path("scripts"),
        # `pip install --user`
        sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")),
    ]
    for directory in directories:
        found = os.path.join(directory, "takk")
        if os.path.isfile(found) and os.access(found, os.X_OK):
            return found
    return shutil.which("takk")


def main() -> None:
    """Replaces this process with the executable; exits with status 2 if there is none."""
    found = executable()
    if found is None:
        sys.exit(_failure(f"cannot find the executable takk of the package in {Path(__file__).parent}"))
    # Python ignores these signals, and an ignored signal stays ignored in the next program.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execv(found, [found, *sys.argv[1:]])
    except OSError as error:
        sys.exit(_failure(f"cannot run {found}: {error.strerror}"))


def _failure(problem: str) -> int:
    print(f"error: {problem}\nhint: install it again with `pip install --force-reinstall takk`", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
