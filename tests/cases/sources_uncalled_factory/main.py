from settings import Db, Named

Db(_env_prefix="A_")
Named()
