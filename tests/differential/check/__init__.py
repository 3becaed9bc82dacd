"""Compares answers with the truth."""
