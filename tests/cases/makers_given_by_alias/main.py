from settings import A, B, C

a = A(a_name="x")
b = B(name="x")
c = C(name="x")
