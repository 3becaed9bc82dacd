"""`Backend`."""

from takk.runtime import Backend

__all__ = ["Backend"]
