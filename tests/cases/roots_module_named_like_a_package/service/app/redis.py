class Redis:
    pass
