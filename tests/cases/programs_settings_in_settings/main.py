from settings import Settings

print(Settings())
