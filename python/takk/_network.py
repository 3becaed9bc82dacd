"""Whether backends may connect: always, except in tests, where the pytest plugin decides (see `takk.testing`).

Apart, so that the plugin is loaded without `takk.runtime`, which loads pydantic.
"""

is_blocked = False
