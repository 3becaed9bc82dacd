from settings import config

print(config.name)
