"""Asks the real pydantic about a project's settings classes."""
