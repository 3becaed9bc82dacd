from settings import A, B, get_c

A(), B(), get_c()
