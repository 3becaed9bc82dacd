from settings import Settings

try:
    Settings()
except KeyError:
    pass
