from settings import Settings

Settings()
