from settings import Settings

Settings.model_validate({"name": "n"})
