from settings import Prod

Prod.instance()
