from settings import database

database()
