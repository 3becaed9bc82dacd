"""A backend for tests."""
