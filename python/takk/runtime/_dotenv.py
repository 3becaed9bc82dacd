"""Values in a dotenv file."""

from __future__ import annotations

import os

from takk import _native
from takk.runtime._backends import NativeBackend


class Dotenv(NativeBackend):
    """A dotenv file: the names of `Env` in it. Environment variables are not read. The file is read again when it has changed."""

    def __init__(self, path: str | os.PathLike[str] = ".env", *, prefix: str = "") -> None:
        self.path = os.fspath(path)
        self.prefix = prefix
        self._native = _native.dotenv(self.path, prefix)
