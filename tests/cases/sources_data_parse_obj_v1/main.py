from settings import Settings

Settings.parse_obj({"name": "n"})
