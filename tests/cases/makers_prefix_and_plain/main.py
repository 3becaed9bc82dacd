from settings import Db

primary = Db()
replica = Db(_env_prefix="REPLICA_")
