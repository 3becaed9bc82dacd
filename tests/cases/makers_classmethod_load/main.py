from settings import One, Two

one = One.load()
two = Two.model_validate({"token": "t"})
