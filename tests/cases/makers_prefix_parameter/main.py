from settings import database

pg = database("PG")
my = database(prefix="MY")
