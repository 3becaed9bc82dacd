"""Random settings modules: what a project may hold, written as Python."""
