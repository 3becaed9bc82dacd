"""The log `vaultly`, whose filters and handlers a program may have set."""

import logging


class _Forward(logging.Handler):
    """Passes on what takk logs."""

    def emit(self, record: logging.LogRecord) -> None:
        logger = logging.getLogger("vaultly")
        if logger.isEnabledFor(record.levelno):
            record.name = logger.name
            logger.handle(record)


def forward() -> None:
    """Lets the log `takk.runtime` end in `vaultly`, so that nothing is logged twice, and nothing passes by a filter."""
    logging.getLogger("vaultly").addHandler(logging.NullHandler())
    source = logging.getLogger("takk.runtime")
    source.addHandler(_Forward())
    source.propagate = False
