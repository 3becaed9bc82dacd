from settings import B, Other, Registry

Other()
Registry().start()
print(list(map(lambda made: made(), [B])))
