"""`Secret`."""

from takk.runtime import Secret

__all__ = ["Secret"]
