from settings import Settings

Settings(name="x")
