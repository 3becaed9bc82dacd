from settings import Settings

Settings.model_validate(dict(name="n"))
