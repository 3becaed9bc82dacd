from settings import sentry, settings

print(settings.host, sentry)
