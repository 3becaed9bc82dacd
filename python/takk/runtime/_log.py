"""The log `takk.runtime`: warnings about retries and stale values. It contains paths, and never a value."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` is not needed, and `logging` only when there is something to say.
if TYPE_CHECKING:
    import logging


def log() -> logging.Logger:
    """The logger. It is silent unless the program configures logging."""
    import logging

    logger = logging.getLogger("takk.runtime")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return logger
