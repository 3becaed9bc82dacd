from settings import make, other

make(), other()
