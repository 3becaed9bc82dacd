from settings import Settings

settings = Settings(db={"host": "h", "port": 1})
