from settings import one, three, two

one(), two(), three()
