import settings

settings.Settings()
