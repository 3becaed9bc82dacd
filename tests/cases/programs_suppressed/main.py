from contextlib import suppress

from settings import Settings

with suppress(ValueError):
    Settings()
