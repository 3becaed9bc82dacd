from settings import Settings

print(Settings(name="john", PREFIX_LAST_NAME="doe"))
