from settings import Db

read, write = Db(_env_prefix="READ_"), Db(_env_prefix="WRITE_")
