from settings import Settings

Settings.model_validate({"db": {"host": "h"}})
