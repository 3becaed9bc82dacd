"""Small whole programs, which are started with the real pydantic."""
