from settings import A, B, C, describe, load

load(A), describe(B), load(C)
