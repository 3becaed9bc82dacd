from settings import Settings

settings = Settings(_env_file=None, token="t")
