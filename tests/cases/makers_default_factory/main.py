from settings import Plain, Settings

settings, plain = Settings(), Plain()
