from settings import Settings

Settings.model_construct(name="n")
