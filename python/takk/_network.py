"""Whether backends may connect: always, except in tests, where the pytest plugin decides (see `takk.testing`).

A separate module, so that the plugin is loaded without `takk.runtime`, which imports pydantic.
"""

is_blocked = False
