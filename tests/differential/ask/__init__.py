"""What the real pydantic says about a project's settings classes."""
