from settings import Context

Context()
