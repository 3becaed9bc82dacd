"""Small whole programs, started under the real pydantic."""
