from settings import lazy

lazy()
