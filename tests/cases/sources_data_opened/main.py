from settings import Settings

Settings(**{"name": "n"})
