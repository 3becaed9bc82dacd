from settings import Db

primary = Db(_env_prefix="PRIMARY_")
replica = Db(_env_prefix="REPLICA_")
